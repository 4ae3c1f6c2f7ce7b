package dev.plimsoll.operator.page.view;

import org.jspecify.annotations.Nullable;

/**
 * Bytes of one kind on a device.
 *
 * @param kind a word for the picture's colours
 */
public record Part(
        String kind,
        String label,
        @Nullable Amount planned,
        @Nullable Amount measured) {
    boolean isTold() {
        return planned != null || measured != null;
    }
}
