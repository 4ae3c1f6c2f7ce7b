package dev.plimsoll.server;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import java.util.List;

/** Refuses a spec that was written for another version, by the name of what this one does not know. */
public final class UnknownValues {
    private UnknownValues() {}

    /** @throws PlimsollException when the spec holds a value that this version does not know */
    public static void refuse(ModelDeploymentSpec spec) {
        List<String> unknown = spec.unknownValues();
        if (!unknown.isEmpty()) {
            throw new PlimsollException(refusal(unknown));
        }
    }

    /** What is said of values that this version does not know. */
    public static Failure refusal(List<String> unknown) {
        return Failure.of(
                Reason.UnknownValue,
                "this server does not know " + String.join(", ", unknown)
                        + ": use a server image of the version that brought it, or choose another value");
    }
}
