package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/**
 * Element type of the weights on their devices. {@code Auto} takes the checkpoint's own. An open word: another version
 * may know more of them.
 */
@SuppressWarnings("MemberName")
public record Dtype(@JsonValue String value) {
    public static final Dtype Auto = new Dtype("Auto");
    public static final Dtype Float32 = new Dtype("Float32");
    public static final Dtype Float16 = new Dtype("Float16");
    public static final Dtype BFloat16 = new Dtype("BFloat16");

    /** Those that this version knows. */
    public static final List<Dtype> KNOWN = List.of(Auto, Float32, Float16, BFloat16);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Dtype {
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
