package dev.plimsoll.operator.desired;

import java.util.Map;
import java.util.TreeMap;

/** Labels of everything that belongs to a ModelDeployment. */
public final class Labels {
    /** Name of the ModelDeployment that a pod belongs to. */
    public static final String DEPLOYMENT = "plimsoll.dev/deployment";

    /** Digest of everything in a pod that follows from the spec. */
    public static final String SPEC_HASH = "plimsoll.dev/spec-hash";

    private Labels() {}

    static Map<String, String> selector(String name) {
        return Map.of(DEPLOYMENT, name);
    }

    /** In an order that does not change with the process. */
    static Map<String, String> of(String name) {
        return new TreeMap<>(Map.of(
                DEPLOYMENT,
                name,
                "app.kubernetes.io/name",
                "plimsoll-model-server",
                "app.kubernetes.io/instance",
                name,
                "app.kubernetes.io/managed-by",
                "plimsoll-operator"));
    }
}
