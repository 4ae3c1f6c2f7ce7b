package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/** What becomes of a rollout that fails. An open word: another version may know more of them. */
@SuppressWarnings("MemberName")
public record Rollback(@JsonValue String value) {
    /** It stops and is told of. */
    public static final Rollback None = new Rollback("None");

    /** It stops, is told of, and the last revision that was Ready comes back. */
    public static final Rollback Auto = new Rollback("Auto");

    /** Those that this version knows. */
    public static final List<Rollback> KNOWN = List.of(None, Auto);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Rollback {
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
