package dev.plimsoll.operator.replicas;

import dev.plimsoll.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What keeps a server from running, in the order of a pod's start: node, init containers, the server, volumes. */
final class Obstacles {
    private static final Set<String> IMAGE = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "ErrImageNeverPull",
            "InvalidImageName",
            "ImageInspectError",
            "RegistryUnavailable",
            "SignatureValidationFailed");
    private static final Set<String> ON_ITS_WAY =
            Set.of("", "ContainerCreating", "PodInitializing", "CrashLoopBackOff");
    private static final Set<String> VOLUME = Set.of("FailedMount", "FailedAttachVolume", "FailedMapVolume");

    private Obstacles() {}

    static @Nullable Obstacle of(PodView pod, ServerState server, List<PodTrouble> troubles) {
        return Stream.of(
                        scheduling(pod),
                        initContainers(pod),
                        waiting(Labels.SERVER_CONTAINER, server),
                        trouble(troubles))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    private static Optional<Obstacle> scheduling(PodView pod) {
        return pod.condition("PodScheduled")
                .filter(condition -> "False".equals(condition.getStatus()))
                .map(condition -> new Obstacle(
                        Obstacle.Kind.SCHEDULING,
                        Objects.requireNonNullElse(condition.getReason(), "Unschedulable"),
                        Objects.requireNonNullElse(condition.getMessage(), "")));
    }

    /** The first init container or native sidecar that does not get on. */
    private static Optional<Obstacle> initContainers(PodView pod) {
        return pod.initContainers().stream()
                .flatMap(container -> initContainer(container).stream())
                .findFirst();
    }

    private static Optional<Obstacle> initContainer(ContainerStatus container) {
        ServerState state = ServerContainer.state(container);
        Optional<Termination> failed = ended(container, state).filter(end -> end.exitCode() != 0);
        if (failed.isPresent()) {
            Termination end = failed.get();
            return Optional.of(new Obstacle(
                    Obstacle.Kind.INIT_CONTAINER,
                    end.reason().isEmpty() ? "Error" : end.reason(),
                    "container " + container.getName() + " ended with exit code " + end.exitCode()
                            + restarts(container)
                            + (end.message().isEmpty() ? "" : ": " + end.message())));
        }
        return waiting(container.getName(), state);
    }

    /** How an init container ended, where it does not run again since. */
    private static Optional<Termination> ended(ContainerStatus container, ServerState state) {
        return switch (state) {
            case ServerState.Ended(Termination how) -> Optional.of(how);
            case ServerState.Waiting ignored ->
                Optional.ofNullable(container.getLastState())
                        .flatMap(last -> Optional.ofNullable(last.getTerminated()))
                        .map(Termination::of);
            case ServerState.Running ignored -> Optional.empty();
            case ServerState.NotStarted ignored -> Optional.empty();
        };
    }

    private static String restarts(ContainerStatus container) {
        int restarts = Objects.requireNonNullElse(container.getRestartCount(), 0);
        return restarts == 0 ? "" : " (restarted " + restarts + " times)";
    }

    private static Optional<Obstacle> waiting(String container, ServerState state) {
        if (!(state instanceof ServerState.Waiting(String reason, String message)) || ON_ITS_WAY.contains(reason)) {
            return Optional.empty();
        }
        return Optional.of(
                IMAGE.contains(reason)
                        ? new Obstacle(Obstacle.Kind.IMAGE, reason, message)
                        : new Obstacle(
                                container.equals(Labels.SERVER_CONTAINER)
                                        ? Obstacle.Kind.CONTAINER
                                        : Obstacle.Kind.INIT_CONTAINER,
                                reason,
                                message));
    }

    private static Optional<Obstacle> trouble(List<PodTrouble> troubles) {
        return troubles.stream()
                .findFirst()
                .map(trouble -> new Obstacle(
                        VOLUME.contains(trouble.reason()) ? Obstacle.Kind.VOLUME : Obstacle.Kind.CONTAINER,
                        trouble.reason(),
                        trouble.message()));
    }
}
