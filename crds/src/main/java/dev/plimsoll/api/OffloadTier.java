package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/**
 * Where weights may live that the GPUs have no room for; they still run on a GPU, streamed in just in time. An open
 * word: another version may know more of them.
 */
@SuppressWarnings("MemberName")
public record OffloadTier(@JsonValue String value) {
    /** Host memory: the weights count in {@code memory.host}. */
    public static final OffloadTier Host = new OffloadTier("Host");

    /** The checkpoint's own files, or a copy in the model's dtype where {@code memory.disk} has room for it. */
    public static final OffloadTier Disk = new OffloadTier("Disk");

    /** Those that this version knows. */
    public static final List<OffloadTier> KNOWN = List.of(Host, Disk);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public OffloadTier {
        Objects.requireNonNull(value);
    }

    public boolean isKnown() {
        return KNOWN.contains(this);
    }

    @Override
    public String toString() {
        return value;
    }
}
