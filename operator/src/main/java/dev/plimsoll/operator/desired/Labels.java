package dev.plimsoll.operator.desired;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Labels and annotations of everything that belongs to a ModelDeployment. */
public final class Labels {
    /** Name of the container in every pod that is made here. */
    public static final String SERVER_CONTAINER = "server";

    /** Name of the ModelDeployment that an object belongs to. */
    public static final String DEPLOYMENT = "plimsoll.dev/deployment";

    /** Digest of everything in a pod that follows from the spec. */
    public static final String SPEC_HASH = "plimsoll.dev/spec-hash";

    /** Annotation: digest of an object as it was last applied, so that what is no longer desired is noticed. */
    public static final String APPLIED = "plimsoll.dev/applied-digest";

    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    private static final String MANAGER = "plimsoll-operator";

    private Labels() {}

    /** What a Deployment selects its pods by; it can never be changed. */
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
                MANAGED_BY,
                MANAGER));
    }

    /** All labels of the pods, as a label selector. */
    public static String selectorText(String name) {
        return of(name).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
    }

    /** Whether an object says that this operator made it for the ModelDeployment of this name. */
    static boolean areOf(String name, Map<String, String> labels) {
        return Objects.equals(labels.get(DEPLOYMENT), name) && Objects.equals(labels.get(MANAGED_BY), MANAGER);
    }
}
