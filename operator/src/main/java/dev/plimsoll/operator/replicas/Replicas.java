package dev.plimsoll.operator.replicas;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a deployment by what they are to it. A pod is the deployment's when a ReplicaSet controls it that our
 * Deployment controls, which the ModelDeployment owns, each by UID; whatever else carries the label is a stranger.
 * Each list is in the order of names.
 *
 * @param active pods that serve, or are on their way to
 * @param failed pods that failed for good and stand for nothing any more
 * @param finished pods that ended well and stand for nothing any more
 * @param leaving pods that are being deleted
 * @param strangers pods with our label that are not ours
 */
public record Replicas(
        List<Replica> active, List<FailedPod> failed, int finished, List<LeavingPod> leaving, int strangers) {

    /** No pod at all. */
    public static final Replicas NONE = new Replicas(List.of(), List.of(), 0, List.of(), 0);

    public Replicas {
        active = List.copyOf(active);
        failed = List.copyOf(failed);
        leaving = List.copyOf(leaving);
    }

    /**
     * Sorts pods by what they are.
     *
     * @param deployment the Deployment of the model's name; null where there is none
     * @param replicaSets of the namespace, ours or not, in any order
     * @param pods of the namespace, ours or not, in any order
     * @param revision that pods are made from now; empty where there is none
     * @param knowledge what is known of the pod with this UID
     */
    public static Replicas of(
            ModelDeployment model,
            @Nullable Deployment deployment,
            Collection<ReplicaSet> replicaSets,
            Collection<Pod> pods,
            String revision,
            Function<String, PodKnowledge> knowledge) {
        return new Roster(new Ownership(model, deployment, replicaSets), revision, knowledge).of(pods);
    }

    /** The pods among {@code pods} that are the deployment's own, of which alone reports are asked. */
    public static List<Pod> owned(
            ModelDeployment model,
            @Nullable Deployment deployment,
            Collection<ReplicaSet> replicaSets,
            Collection<Pod> pods) {
        return pods.stream()
                .filter(new Ownership(model, deployment, replicaSets)::owns)
                .toList();
    }

    /** Active pods of the current spec. */
    public List<Replica> current() {
        return active.stream().filter(Replica::current).toList();
    }

    /**
     * Whether a server that answers for itself has not been asked yet and was first seen less than {@code patience}
     * ago, so that a moment's wait tells more than its silence.
     */
    public boolean isTooEarly(Duration patience, Instant now) {
        return active.stream()
                .anyMatch(replica -> replica.isStarted()
                        && replica.known() instanceof KnownReport.NotAsked
                        && replica.firstSeen().plus(patience).isAfter(now));
    }
}
