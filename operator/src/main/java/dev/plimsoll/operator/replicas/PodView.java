package dev.plimsoll.operator.replicas;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pod's object, read without trust in what is there. */
record PodView(Pod pod) {
    String name() {
        return pod.getMetadata().getName();
    }

    @Nullable
    String node() {
        return pod.getSpec() == null ? null : pod.getSpec().getNodeName();
    }

    String phase() {
        return text(PodStatus::getPhase, "");
    }

    /** Why the kubelet or a controller says that the pod is in its phase. */
    String reason() {
        return text(PodStatus::getReason, phase());
    }

    String message() {
        return text(PodStatus::getMessage, "");
    }

    boolean isReady() {
        return condition("Ready").map(PodCondition::getStatus).orElse("").equals("True");
    }

    /**
     * Whether the pod was ready and is so no more: what was never ready has been unready since before its server began.
     * Both instants are of the node's clock.
     */
    boolean lostReadiness(@Nullable Instant started) {
        return started != null
                && condition("Ready")
                        .filter(condition -> "False".equals(condition.getStatus()))
                        .map(PodCondition::getLastTransitionTime)
                        .filter(time -> Instant.parse(time).isAfter(started))
                        .isPresent();
    }

    /** Whether the pod is deleted because its node does not answer. */
    boolean isLost() {
        return reason().equals("NodeLost")
                || condition("DisruptionTarget")
                        .filter(target -> "True".equals(target.getStatus()))
                        .map(PodCondition::getReason)
                        .filter("DeletionByTaintManager"::equals)
                        .isPresent();
    }

    Optional<PodCondition> condition(String type) {
        return list(PodStatus::getConditions).stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    List<ContainerStatus> initContainers() {
        return list(PodStatus::getInitContainerStatuses);
    }

    ServerContainer server() {
        return ServerContainer.of(pod, list(PodStatus::getContainerStatuses));
    }

    private String text(Function<PodStatus, @Nullable String> field, String otherwise) {
        return Optional.ofNullable(pod.getStatus())
                .flatMap(status -> Optional.ofNullable(field.apply(status)))
                .filter(value -> !value.isEmpty())
                .orElse(otherwise);
    }

    private <T> List<T> list(Function<PodStatus, @Nullable List<T>> field) {
        return pod.getStatus() == null
                ? List.of()
                : Objects.requireNonNullElse(field.apply(pod.getStatus()), List.of());
    }
}
