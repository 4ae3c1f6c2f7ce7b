package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/** How far a replica is. An open word: a server of another version may know more of them. */
@SuppressWarnings("MemberName")
public record Phase(@JsonValue String value) {
    public static final Phase Starting = new Phase("Starting");
    public static final Phase Planning = new Phase("Planning");
    public static final Phase Loading = new Phase("Loading");
    public static final Phase WarmingUp = new Phase("WarmingUp");
    public static final Phase Serving = new Phase("Serving");
    public static final Phase Draining = new Phase("Draining");
    public static final Phase Failed = new Phase("Failed");

    /** The replica says nothing, or what it said is too old. Never reported by a server itself. */
    public static final Phase Unknown = new Phase("Unknown");

    /** Those that this version knows. */
    public static final List<Phase> KNOWN =
            List.of(Starting, Planning, Loading, WarmingUp, Serving, Draining, Failed, Unknown);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Phase {
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
