package dev.plimsoll.operator.desired;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Labels and annotations of everything that belongs to a ModelDeployment. */
public final class Labels {
    /** Name of the container in every pod that is made here. */
    public static final String SERVER_CONTAINER = "server";

    /** Name of the ModelDeployment that an object belongs to. */
    public static final String DEPLOYMENT = "plimsoll.dev/deployment";

    /** Digest of everything in a pod that follows from the spec, of releases without revisions. */
    public static final String SPEC_HASH = "plimsoll.dev/spec-hash";

    /** The revision that a pod is made from. */
    public static final String REVISION = "plimsoll.dev/revision";

    /** The revision that a pod plans. */
    public static final String PLANS = "plimsoll.dev/plans";

    /** What size of GPU a planning pod is told of. */
    public static final String PLANS_GPUS = "plimsoll.dev/plans-gpus";

    /** Annotation of a pod template: digest of what its spec means for pods. */
    public static final String SHAPE = "plimsoll.dev/shape";

    /** Annotation of a ControllerRevision: what has become of it. */
    public static final String HISTORY = "plimsoll.dev/history";

    /** Annotation of a ModelDeployment: another value makes its pods anew, as {@code kubectl rollout restart} does. */
    public static final String RESTARTED_AT = "plimsoll.dev/restartedAt";

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
    public static Map<String, String> of(String name) {
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

    /** The revision that a pod with these labels is made from; one of an earlier release has a label of its own. */
    public static Optional<String> revision(@Nullable Map<String, String> labels) {
        return Optional.ofNullable(labels).flatMap(all -> Optional.ofNullable(all.get(REVISION))
                .or(() -> Optional.ofNullable(all.get(SPEC_HASH))));
    }

    /** Whether an object says that this operator made it for the ModelDeployment of this name. */
    static boolean areOf(String name, Map<String, String> labels) {
        return Objects.equals(labels.get(DEPLOYMENT), name) && Objects.equals(labels.get(MANAGED_BY), MANAGER);
    }
}
