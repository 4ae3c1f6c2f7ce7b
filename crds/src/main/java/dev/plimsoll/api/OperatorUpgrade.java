package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/** What a newer operator, which brings a newer server image, does to pods that serve. An open word: another version may know more of them. */
@SuppressWarnings("MemberName")
public record OperatorUpgrade(@JsonValue String value) {
    /** They keep the image that they were rolled out with until the spec changes. */
    public static final OperatorUpgrade Keep = new OperatorUpgrade("Keep");

    /** They are rolled out with the new image, a few deployments at a time. */
    public static final OperatorUpgrade RollOut = new OperatorUpgrade("RollOut");

    /** Those that this version knows. */
    public static final List<OperatorUpgrade> KNOWN = List.of(Keep, RollOut);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public OperatorUpgrade {
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
