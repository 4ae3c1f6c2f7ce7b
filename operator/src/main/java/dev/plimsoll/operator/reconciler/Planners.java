package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.Gpu;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.PlanningPod;
import dev.plimsoll.operator.desired.Standing;
import dev.plimsoll.operator.nodes.Gpus;
import dev.plimsoll.operator.replicas.Obstacle;
import dev.plimsoll.operator.replicas.PodStart;
import dev.plimsoll.operator.replicas.ServerState;
import dev.plimsoll.operator.rollout.Attempt;
import dev.plimsoll.operator.rollout.PlanningAnswer;
import dev.plimsoll.operator.rollout.Revision;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Pods that plan: made when a revision is to be planned, read when they have ended, and removed. */
@Singleton
class Planners {
    /** Reading headers takes seconds; a file system that hangs takes for ever. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(2);

    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final NodeLister lister;
    private final PodTroubles troubles;
    private final Clock clock;
    /** When each pod was first seen, and first seen to run or to have ended, by this operator's clock. */
    private final Map<String, Instant> firstSeen = new ConcurrentHashMap<>();

    /**
     * What is to be seen of a planning pod.
     *
     * @param pod its name; null where there is none
     * @param obstacle what keeps it from running; null where nothing is known to
     */
    record Seen(
            Attempt attempt, @Nullable String pod, @Nullable Obstacle obstacle) {
        private static final Seen NONE = new Seen(new Attempt.None(), null, null);
    }

    Planners(KubernetesClient client, NodeLister lister, PodTroubles troubles, Clock clock) {
        this.client = client;
        this.lister = lister;
        this.troubles = troubles;
        this.clock = clock;
    }

    /** What GPUs the pods of a revision could get. */
    Gpus gpus(ModelDeployment model, Revision revision) {
        Gpu gpu = Objects.requireNonNullElse(model.getSpec().gpu(), Gpu.DEFAULT);
        if (model.getSpec().placement().policy().equals(PlacementPolicy.HostOnly) || gpu.emulated()) {
            return Gpus.UNKNOWN;
        }
        return gpu.deviceClassName() == null
                ? Gpus.of(lister.nodes().items(), revision.template().getSpec(), gpu.resourceName(), gpu.count())
                : Gpus.ofSlices(lister.slices(), gpu.count());
    }

    Seen look(ModelDeployment model, Revision revision, Caches caches) {
        return own(model, caches).stream()
                .filter(pod -> pod.getMetadata().getName().equals(PlanningPod.name(model, revision.key())))
                .findFirst()
                .map(this::seen)
                .orElse(Seen.NONE);
    }

    private Seen seen(Pod pod) {
        String name = pod.getMetadata().getName();
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return new Seen(new Attempt.Running(), name, null);
        }
        PodStart start = PodStart.of(pod, troubles.of(pod, since(pod, "made")));
        return new Seen(attempt(pod, start), name, start.obstacle());
    }

    private Attempt attempt(Pod pod, PodStart start) {
        String gpus = Objects.requireNonNullElse(pod.getMetadata().getLabels().get(Labels.PLANS_GPUS), "");
        if (start.server() instanceof ServerState.Ended(var how)) {
            return PlanningAnswer.of(
                    start.name(), how, gpus, since(pod, "ended").plus(AGAIN));
        }
        if (start.givenUp() != null) {
            return new Attempt.Broken(
                    "planning pod " + start.name() + " was given up: " + start.givenUp(),
                    since(pod, "ended").plus(AGAIN));
        }
        if (start.server() instanceof ServerState.Running
                && !since(pod, "runs").plus(LONGEST_RUN).isAfter(clock.instant())) {
            return new Attempt.Broken(
                    "planning pod " + start.name() + " has read headers for " + LONGEST_RUN.toMinutes()
                            + " minutes and has not ended: see kubectl logs " + start.name(),
                    clock.instant());
        }
        return new Attempt.Running();
    }

    private Instant since(Pod pod, String what) {
        return firstSeen.computeIfAbsent(pod.getMetadata().getUid() + " " + what, key -> clock.instant());
    }

    /** Has one, told of these GPUs; one that came to nothing makes room for another. */
    void ensure(ModelDeployment model, Revision revision, String gpus, Attempt attempt, Caches caches)
            throws ObjectRefused {
        Optional<Pod> there = own(model, caches).stream()
                .filter(pod -> pod.getMetadata().getName().equals(PlanningPod.name(model, revision.key())))
                .findFirst();
        boolean good = there.isPresent()
                && !(attempt instanceof Attempt.Broken)
                && gpus.equals(there.get().getMetadata().getLabels().get(Labels.PLANS_GPUS));
        if (there.isPresent()) {
            if (!good) {
                remove(there.get());
            }
            return;
        }
        Pod pod = PlanningPod.of(model, revision.key(), revision.template(), gpus);
        try {
            // no apply: whoever may patch pods may change the image of any in the cluster
            caches.applied(ObjectRefused.write(pod, () -> client.resource(pod).create()));
        } catch (ObjectRefused refused) {
            caches.applied(ours(model, pod).orElseThrow(() -> refused));
        }
    }

    /** One of its name is there: ours, and the cache did not know yet; or somebody else's. */
    private Optional<Pod> ours(ModelDeployment model, Pod wanted) throws ObjectRefused {
        Pod there = client.resource(wanted).get();
        if (there != null && !Standing.isOwnedBy(model, owners(there))) {
            throw new ObjectRefused(ApplyRefusal.taken(wanted, "somebody else"));
        }
        return Optional.ofNullable(there);
    }

    /** Removes all but those of a revision. */
    void clearBut(ModelDeployment model, @Nullable Revision revision, Caches caches) {
        own(model, caches).stream()
                .filter(pod -> revision == null
                        || !pod.getMetadata().getName().equals(PlanningPod.name(model, revision.key())))
                .forEach(this::remove);
    }

    private void remove(Pod pod) {
        firstSeen.keySet().removeIf(key -> key.startsWith(pod.getMetadata().getUid()));
        if (pod.getMetadata().getDeletionTimestamp() == null) {
            client.resource(pod).withGracePeriod(0).delete();
        }
    }

    private static List<Pod> own(ModelDeployment model, Caches caches) {
        return caches.pods(model).stream()
                .filter(pod -> pod.getMetadata().getLabels().containsKey(Labels.PLANS)
                        && Standing.isOwnedBy(model, owners(pod)))
                .toList();
    }

    private static List<OwnerReference> owners(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getOwnerReferences(), List.of());
    }
}
