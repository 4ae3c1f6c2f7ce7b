package dev.plimsoll.operator.page.view;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.PodStatus.LoadStatus;
import dev.plimsoll.api.status.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A deployment in a list of them: what {@code kubectl get} shows, and the hull that sits deepest.
 *
 * @param ready True, False or Unknown
 * @param stalled whether nothing gets better until somebody changes something
 * @param percent of the slowest load that is under way
 */
public record Card(
        String namespace,
        String name,
        String ready,
        boolean stalled,
        String reason,
        String message,
        @Nullable Summary summary,
        @Nullable Integer percent,
        @Nullable Hull hull) {
    private static final Comparator<Hull> DEEPEST = Comparator.comparing(Hull::isMeasured)
            .thenComparing(hull -> !hull.device().equals("host"))
            .thenComparing(Hull::share);

    public static Card of(ModelDeployment model) {
        ModelDeploymentStatus status = model.getStatus();
        Optional<Condition> ready = condition(status, ConditionType.Ready);
        return new Card(
                model.getMetadata().getNamespace(),
                model.getMetadata().getName(),
                ready.map(Condition::status).orElse(ConditionStatus.Unknown).name(),
                condition(status, ConditionType.Stalled)
                        .filter(condition -> condition.status() == ConditionStatus.True)
                        .isPresent(),
                ready.map(Condition::reason).map(Objects::toString).orElse("NotSeen"),
                ready.map(Condition::message).orElse("no operator has looked at it yet"),
                status == null ? null : status.summary(),
                percent(status),
                deepest(model));
    }

    static Optional<Condition> condition(@Nullable ModelDeploymentStatus status, ConditionType type) {
        return status == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .findFirst();
    }

    private static @Nullable Integer percent(@Nullable ModelDeploymentStatus status) {
        return pods(status)
                .map(PodStatus::load)
                .filter(Objects::nonNull)
                .map(LoadStatus::percent)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Among those that are measured, GPUs before the host; without any, what is planned. */
    private static @Nullable Hull deepest(ModelDeployment model) {
        Hulls hulls = Hulls.of(model);
        List<Hull> measured = pods(model.getStatus())
                .flatMap(pod -> hulls.of(pod).stream())
                .filter(Hull::isMeasured)
                .toList();
        return (measured.isEmpty() ? hulls.planned() : measured)
                .stream().max(DEEPEST).orElse(null);
    }

    private static Stream<PodStatus> pods(@Nullable ModelDeploymentStatus status) {
        return status == null ? Stream.empty() : status.pods().stream();
    }
}
