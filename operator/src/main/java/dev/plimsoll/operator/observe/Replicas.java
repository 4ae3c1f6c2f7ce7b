package dev.plimsoll.operator.observe;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts together what Kubernetes says of a pod and what the pod says of itself. */
public final class Replicas {
    private static final Set<String> HARMLESS = Set.of("ContainerCreating", "PodInitializing", "CrashLoopBackOff");

    /** 128 + SIGKILL. */
    private static final int KILLED = 137;

    private final String specHash;
    private final Duration stale;
    private final Instant now;

    /**
     * Judges pods.
     *
     * @param specHash digest that pods of the current spec carry
     * @param stale age at which a report is not believed any more
     */
    public Replicas(String specHash, Duration stale, Instant now) {
        this.specHash = specHash;
        this.stale = stale;
        this.now = now;
    }

    public Replica of(Pod pod, Optional<ReportPoller.Heard> heard) {
        ContainerStatus container = container(pod);
        ContainerState state = container == null ? null : container.getState();
        boolean running = state != null && state.getRunning() != null;
        Optional<ReportPoller.Heard> own =
                heard.filter(said -> running && container != null && isOfThisRun(said, container));
        boolean believed = own.map(said -> said.at().plus(stale).isAfter(now)).orElse(false);
        ReplicaReport report = believed ? own.get().report() : null;
        boolean fresh = running
                && state != null
                && Instant.parse(state.getRunning().getStartedAt()).plus(stale).isAfter(now);
        Failure failure = report != null ? report.failure() : failure(pod, container, !running || fresh);
        return new Replica(
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                pod.getSpec() == null ? null : pod.getSpec().getNodeName(),
                isCurrent(pod),
                isReady(pod),
                Instant.parse(pod.getMetadata().getCreationTimestamp()),
                container == null ? 0 : Objects.requireNonNullElse(container.getRestartCount(), 0),
                phase(report, failure, running && !fresh),
                report,
                failure,
                running ? null : waitingFor(pod, state));
    }

    private Phase phase(@Nullable ReplicaReport report, @Nullable Failure failure, boolean silent) {
        if (report != null) {
            return report.phase();
        }
        if (failure != null) {
            return Phase.Failed;
        }
        return silent ? Phase.Unknown : Phase.Starting;
    }

    /** A report of an earlier run of the container says nothing about this one. */
    private static boolean isOfThisRun(ReportPoller.Heard said, ContainerStatus container) {
        Instant started = Instant.parse(container.getState().getRunning().getStartedAt());
        return said.report() != null
                && !said.at().isBefore(started)
                && !said.report().startedAt().isBefore(started.minusSeconds(2));
    }

    /** How the container ended, or ended before this run of it: the latter explains only a run that has just begun. */
    private @Nullable Failure failure(Pod pod, @Nullable ContainerStatus container, boolean earlierRunCounts) {
        if (container == null) {
            return null;
        }
        ContainerStateTerminated ended = container.getState().getTerminated() != null
                ? container.getState().getTerminated()
                : container.getLastState() == null || !earlierRunCounts
                        ? null
                        : container.getLastState().getTerminated();
        if (ended == null || Objects.equals(ended.getExitCode(), 0)) {
            return null;
        }
        if (isKilledForMemory(ended)) {
            return Failure.of(
                    Reason.HostOutOfMemory,
                    "the kernel killed the server of pod " + pod.getMetadata().getName()
                            + " at the container's memory limit of " + limit(pod) + " (OOMKilled, exit code "
                            + KILLED
                            + "): raise memory.host, or lower serving.maxSequences or serving.maxSequenceTokens");
        }
        return Reports.failure(ended.getMessage())
                .orElseGet(() -> Failure.of(
                        Reason.Crashed,
                        "the server of pod " + pod.getMetadata().getName() + " ended with exit code "
                                + ended.getExitCode()
                                + (ended.getSignal() == null || ended.getSignal() == 0
                                        ? ""
                                        : " (signal " + ended.getSignal() + ")")
                                + " and left no account: see kubectl logs --previous"));
    }

    /**
     * Once the kernel has killed any process of a container, containerd says {@code OOMKilled} of it however it ends:
     * only with the exit code of a kill is that how the server ended.
     */
    private static boolean isKilledForMemory(ContainerStateTerminated ended) {
        return Objects.equals(ended.getReason(), "OOMKilled") && Objects.equals(ended.getExitCode(), KILLED);
    }

    private static String limit(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .filter(container -> container.getResources() != null
                        && container.getResources().getLimits() != null)
                .map(container ->
                        String.valueOf(container.getResources().getLimits().get("memory")))
                .findFirst()
                .orElse("(none)");
    }

    private static @Nullable String waitingFor(Pod pod, @Nullable ContainerState state) {
        for (PodCondition condition : conditions(pod)) {
            if (condition.getType().equals("PodScheduled")
                    && condition.getStatus().equals("False")) {
                return "no node can take pod " + pod.getMetadata().getName() + ": " + condition.getMessage();
            }
        }
        if (state == null || state.getWaiting() == null) {
            return null;
        }
        String reason = String.valueOf(state.getWaiting().getReason());
        String message = state.getWaiting().getMessage();
        return HARMLESS.contains(reason)
                ? null
                : "pod " + pod.getMetadata().getName() + " waits: " + reason + (message == null ? "" : ": " + message);
    }

    private boolean isCurrent(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null && specHash.equals(labels.get(Labels.SPEC_HASH));
    }

    private static boolean isReady(Pod pod) {
        return conditions(pod).stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }

    private static List<PodCondition> conditions(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getConditions() == null
                ? List.of()
                : pod.getStatus().getConditions();
    }

    private static @Nullable ContainerStatus container(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
                ? null
                : pod.getStatus().getContainerStatuses().stream().findFirst().orElse(null);
    }
}
