package dev.plimsoll.operator.page.view;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lives on a device.
 *
 * @param modules as the status names them, folded: model.layers.0-35
 * @param layers the whole layers among them
 */
public record Place(String device, String kind, List<String> modules, List<Range> layers) {
    private static final Pattern LAYERS = Pattern.compile(".*\\.(?:layers|layer|h)\\.(\\d{1,9})(?:-(\\d{1,9}))?");

    /** Layers {@code from} to {@code to}, both included. */
    public record Range(int from, int to) {}

    static Place of(String device, String kind, List<String> modules) {
        return new Place(
                device,
                kind,
                modules,
                modules.stream().map(Place::range).flatMap(Optional::stream).toList());
    }

    private static Optional<Range> range(String module) {
        Matcher layers = LAYERS.matcher(module);
        if (!layers.matches()) {
            return Optional.empty();
        }
        int from = Integer.parseInt(layers.group(1));
        int to = layers.group(2) == null ? from : Integer.parseInt(layers.group(2));
        return Optional.of(new Range(from, to));
    }
}
