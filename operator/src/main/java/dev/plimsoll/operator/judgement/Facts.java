package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.operator.replicas.LeavingPod;
import dev.plimsoll.operator.replicas.Replica;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The evidence put in order: each replica for what it comes to, in an order of age and name that facts cannot shuffle. */
final class Facts {
    private final Evidence evidence;
    private final Standing standing;
    private final List<Sight> all;
    private final List<Sight> current;
    private final long serving;

    Facts(Evidence evidence) {
        this.evidence = evidence;
        this.standing = new Standing(evidence.previous(), evidence.now());
        this.all = evidence.replicas().active().stream()
                .sorted(Comparator.comparing(Replica::created)
                        .thenComparing(Replica::name)
                        .thenComparing(Replica::uid))
                .map(replica -> Sight.of(replica, standing, evidence.stale(), evidence.now()))
                .toList();
        this.current = all.stream().filter(sight -> sight.replica().current()).toList();
        this.serving = current.stream().filter(Sight::isServing).count();
    }

    Evidence evidence() {
        return evidence;
    }

    ModelDeploymentSpec spec() {
        return evidence.spec();
    }

    Standing standing() {
        return standing;
    }

    Instant now() {
        return evidence.now();
    }

    /** Replicas that are asked for; none while suspended, whatever is asked for afterwards. */
    int wanted() {
        return evidence.spec().suspended() ? 0 : evidence.spec().replicas();
    }

    /** Every active pod. */
    List<Sight> all() {
        return all;
    }

    /** Active pods of the current spec. */
    List<Sight> current() {
        return current;
    }

    /** The oldest replica of the current spec of which something is true. */
    Optional<Sight> first(Predicate<Sight> which) {
        return current.stream().filter(which).findFirst();
    }

    long count(Predicate<Sight> which) {
        return current.stream().filter(which).count();
    }

    /** Replicas of the current spec that say that they serve, and to which Kubernetes sends requests. */
    long serving() {
        return serving;
    }

    /** Whether the pods are made from what is asked for. */
    boolean isServed() {
        return evidence.rollout().served();
    }

    boolean allServe() {
        return serving >= wanted();
    }

    /** Replicas of the current spec of which something is missing before all that are wanted serve. */
    boolean lacksPods() {
        return current.size() < wanted();
    }

    /** Active pods of an older spec, or more of the current one than are wanted. */
    long surplus() {
        return (long) all.size() - Math.min(current.size(), wanted());
    }

    /** Pods that are being deleted and may be expected to end: not on a lost node, and not for too long. */
    List<LeavingPod> ending() {
        return evidence.replicas().leaving().stream()
                .filter(pod ->
                        !pod.lost() && leavingSince(pod).plus(Patience.ENDING).isAfter(now()))
                .toList();
    }

    /** Pods that are being deleted and that nobody can expect to end by themselves. */
    List<LeavingPod> stuck() {
        List<LeavingPod> ending = ending();
        return evidence.replicas().leaving().stream()
                .filter(pod -> !ending.contains(pod))
                .toList();
    }

    Instant leavingSince(LeavingPod pod) {
        return standing.pod(pod.uid())
                .filter(known -> PodDetails.TERMINATING.equals(known.phase()))
                .map(known -> standing.time(known.since()))
                .orElse(now());
    }

    /**
     * Whether as many replicas serve as were reached before and only more are on their way: then what people and
     * autoscalers were promised stands.
     */
    boolean isScalingUp() {
        int reached = standing.status()
                .map(status -> Objects.requireNonNullElse(status.reachedReplicas(), 0))
                .orElse(0);
        return isServed()
                && reached > 0
                && wanted() > reached
                && serving >= reached
                && !allServe()
                && all.size() == current.size();
    }

    /** What was reached, from now on. */
    int reached() {
        int before = standing.status()
                .map(status -> Objects.requireNonNullElse(status.reachedReplicas(), 0))
                .orElse(0);
        return allServe() ? wanted() : isScalingUp() ? (int) Math.max(before, serving) : Math.min(before, wanted());
    }

    /** When a pod was last seen to go from one phase to another. */
    Instant lastStep() {
        return Stream.concat(
                        all.stream().map(Sight::since),
                        evidence.replicas().leaving().stream().map(this::leavingSince))
                .max(Comparator.naturalOrder())
                .orElse(standing.unreadySince());
    }
}
