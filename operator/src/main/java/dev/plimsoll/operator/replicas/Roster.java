package dev.plimsoll.operator.replicas;

import dev.plimsoll.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Sorts the pods that carry a deployment's label by what they are to it. */
final class Roster {
    private final Ownership ownership;
    private final String revision;
    private final Function<String, PodKnowledge> knowledge;
    private final List<Replica> active = new ArrayList<>();
    private final List<FailedPod> failed = new ArrayList<>();
    private final List<LeavingPod> leaving = new ArrayList<>();
    private int finished;
    private int strangers;

    Roster(Ownership ownership, String revision, Function<String, PodKnowledge> knowledge) {
        this.ownership = ownership;
        this.revision = revision;
        this.knowledge = knowledge;
    }

    Replicas of(Collection<Pod> pods) {
        pods.stream()
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getName())
                        .thenComparing(pod -> pod.getMetadata().getUid()))
                .forEach(this::add);
        return new Replicas(active, failed, finished, leaving, strangers);
    }

    private void add(Pod pod) {
        PodView view = new PodView(pod);
        if (isPlanner(pod)) {
            return;
        }
        if (!ownership.owns(pod)) {
            strangers++;
        } else if (pod.getMetadata().getDeletionTimestamp() != null) {
            leaving.add(new LeavingPod(name(pod), uid(pod), view.node(), isCurrent(pod), view.isLost()));
        } else if (view.phase().equals("Succeeded")) {
            finished++;
        } else if (view.phase().equals("Failed")) {
            failed.add(new FailedPod(
                    name(pod), uid(pod), view.node(), isCurrent(pod), created(pod), view.reason(), view.message()));
        } else {
            active.add(replica(pod, view));
        }
    }

    private Replica replica(Pod pod, PodView view) {
        PodKnowledge known = knowledge.apply(uid(pod));
        ServerContainer server = view.server();
        ServerState state = server.state();
        return new Replica(
                name(pod),
                uid(pod),
                view.node(),
                isCurrent(pod),
                view.isReady(),
                state instanceof ServerState.Running running && view.lostReadiness(running.startedAt()),
                created(pod),
                known.firstSeen(),
                server.restarts(),
                state,
                server.lastEnd(),
                state instanceof ServerState.Running ? null : Obstacles.of(view, state, known.troubles()),
                server.memoryLimit(),
                ofThisRun(known.report(), state));
    }

    /**
     * A report of an earlier run of the server says nothing about this one. Both instants are of the node's clock, and
     * the kubelet cuts its own to seconds.
     */
    private static KnownReport ofThisRun(KnownReport known, ServerState state) {
        if (!(state instanceof ServerState.Running running)) {
            return new KnownReport.NotAsked();
        }
        Instant started = running.startedAt();
        return known instanceof KnownReport.Fresh fresh
                        && started != null
                        && fresh.report().startedAt().isBefore(started.minusSeconds(2))
                ? new KnownReport.NotAsked()
                : known;
    }

    /** It serves nobody, and is looked at elsewhere. */
    private static boolean isPlanner(Pod pod) {
        return pod.getMetadata().getLabels() != null
                && pod.getMetadata().getLabels().containsKey(Labels.PLANS);
    }

    private boolean isCurrent(Pod pod) {
        Map<String, String> labels =
                Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        return Labels.revision(labels).filter(revision::equals).isPresent();
    }

    private static Instant created(Pod pod) {
        String time = pod.getMetadata().getCreationTimestamp();
        return time == null ? Instant.EPOCH : Instant.parse(time);
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }
}
