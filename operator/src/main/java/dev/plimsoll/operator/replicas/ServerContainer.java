package dev.plimsoll.operator.replicas;

import dev.plimsoll.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The container that serves, among those that others inject beside it.
 *
 * @param lastEnd how the run before this one ended
 * @param memoryLimit as written
 */
record ServerContainer(
        ServerState state,
        int restarts,
        @Nullable Termination lastEnd,
        @Nullable String memoryLimit) {
    static ServerContainer of(Pod pod, List<ContainerStatus> statuses) {
        ContainerStatus status = statuses.stream()
                .filter(container -> Labels.SERVER_CONTAINER.equals(container.getName()))
                .findFirst()
                .orElse(null);
        if (status == null) {
            return new ServerContainer(new ServerState.NotStarted(), 0, null, memoryLimit(pod));
        }
        ContainerState last = status.getLastState();
        return new ServerContainer(
                state(status),
                Objects.requireNonNullElse(status.getRestartCount(), 0),
                last == null || last.getTerminated() == null ? null : Termination.of(last.getTerminated()),
                memoryLimit(pod));
    }

    static ServerState state(ContainerStatus status) {
        ContainerState state = status.getState();
        if (state == null) {
            return new ServerState.NotStarted();
        }
        if (state.getRunning() != null) {
            String startedAt = state.getRunning().getStartedAt();
            return new ServerState.Running(
                    startedAt == null ? null : Instant.parse(startedAt), Boolean.TRUE.equals(status.getStarted()));
        }
        if (state.getTerminated() != null) {
            return new ServerState.Ended(Termination.of(state.getTerminated()));
        }
        return state.getWaiting() == null
                ? new ServerState.NotStarted()
                : new ServerState.Waiting(
                        Objects.requireNonNullElse(state.getWaiting().getReason(), ""),
                        Objects.requireNonNullElse(state.getWaiting().getMessage(), ""));
    }

    private static @Nullable String memoryLimit(Pod pod) {
        return pod.getSpec() == null || pod.getSpec().getContainers() == null
                ? null
                : pod.getSpec().getContainers().stream()
                        .filter(container -> Labels.SERVER_CONTAINER.equals(container.getName()))
                        .filter(container -> container.getResources() != null
                                && container.getResources().getLimits() != null)
                        .map(container -> container.getResources().getLimits().get("memory"))
                        .filter(Objects::nonNull)
                        .map(Object::toString)
                        .findFirst()
                        .orElse(null);
    }
}
