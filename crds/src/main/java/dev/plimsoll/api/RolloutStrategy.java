package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/** How pods of one revision are replaced by pods of another. An open word: another version may know more of them. */
@SuppressWarnings("MemberName")
public record RolloutStrategy(@JsonValue String value) {
    /** Surge where the last measured footprint fits what is free, else Replace. */
    public static final RolloutStrategy Auto = new RolloutStrategy("Auto");

    /** A new pod serves before an old one ends: it takes a second set of GPUs meanwhile. */
    public static final RolloutStrategy Surge = new RolloutStrategy("Surge");

    /** An old pod ends before a new one begins, in its place. */
    public static final RolloutStrategy Replace = new RolloutStrategy("Replace");

    /** Those that this version knows. */
    public static final List<RolloutStrategy> KNOWN = List.of(Auto, Surge, Replace);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public RolloutStrategy {
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
