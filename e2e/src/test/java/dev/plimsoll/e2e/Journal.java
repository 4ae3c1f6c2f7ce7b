package dev.plimsoll.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Everything that happens to one ModelDeployment and to the pods with its label, with the time at which it arrived
 * here: what stands for a moment is not missed, and from a pod's change to the status that tells of it is a duration.
 */
final class Journal implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ResourceDefinitionContext MODELS = new ResourceDefinitionContext.Builder()
            .withGroup("plimsoll.dev")
            .withVersion("v1alpha1")
            .withPlural("modeldeployments")
            .withNamespaced(true)
            .build();

    /** A pod as it was at a time; {@code gone} once it is deleted. */
    record PodSeen(Pod pod, boolean gone, Instant at) {
        boolean isOf(String uid) {
            return pod.getMetadata().getUid().equals(uid);
        }

        String phase() {
            return pod.getStatus().getPhase();
        }

        boolean isReady() {
            return !gone
                    && pod.getMetadata().getDeletionTimestamp() == null
                    && pod.getStatus().getConditions().stream()
                            .anyMatch(condition -> condition.getType().equals("Ready")
                                    && condition.getStatus().equals("True"));
        }
    }

    private final String name;
    private final List<Seen> statuses = new ArrayList<>();
    private final List<PodSeen> pods = new ArrayList<>();
    private final SharedIndexInformer<GenericKubernetesResource> models;
    private final SharedIndexInformer<Pod> replicas;

    /** Begins to watch; what stands already is the first entry. */
    Journal(Cluster cluster, String name) {
        this.name = name;
        models = cluster.client()
                .genericKubernetesResources(MODELS)
                .inNamespace(cluster.namespace())
                .withName(name)
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(GenericKubernetesResource model) {
                        add(statuses, new Seen(JSON.valueToTree(model), Instant.now()));
                    }

                    @Override
                    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource model) {
                        onAdd(model);
                    }

                    @Override
                    public void onDelete(GenericKubernetesResource model, boolean stateUnknown) {}
                });
        replicas = cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withLabel("plimsoll.dev/deployment", name)
                .withoutLabel("plimsoll.dev/plans")
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Pod pod) {
                        add(pods, new PodSeen(pod, false, Instant.now()));
                    }

                    @Override
                    public void onUpdate(Pod before, Pod pod) {
                        onAdd(pod);
                    }

                    @Override
                    public void onDelete(Pod pod, boolean stateUnknown) {
                        add(pods, new PodSeen(pod, true, Instant.now()));
                    }
                });
    }

    /** Waits until the object is such; what it is already counts. */
    Seen await(String what, Predicate<Seen> wanted) {
        return await(what, Instant.now(), wanted);
    }

    /** Waits for the first time from {@code since} on, that one included, at which the object was such. */
    Seen await(String what, Instant since, Predicate<Seen> wanted) {
        return waitFor(what, () -> standing(since).stream().filter(wanted).findFirst());
    }

    /** As {@link #await(String, Instant, Predicate)}; how long it took is put down under the name of the change. */
    Seen timed(String change, Instant since, Predicate<Seen> wanted) {
        return timed(Latencies.After.CHANGE, change, since, wanted);
    }

    Seen timed(Latencies.After after, String change, Instant since, Predicate<Seen> wanted) {
        Seen seen = await("the status after: " + change, since, wanted);
        Latencies.put(after, change, since, seen.at());
        return seen;
    }

    /** Waits for a change of a pod; one that was before counts as well. */
    PodSeen awaitPod(String what, Predicate<PodSeen> wanted) {
        return waitFor(what, () -> pods.stream().filter(wanted).findFirst());
    }

    /** Every state that the object had from a time on, the one that it had then included. */
    synchronized List<Seen> standing(Instant since) {
        List<Seen> standing = new ArrayList<>();
        for (Seen seen : statuses) {
            if (!seen.at().isAfter(since)) {
                standing.clear();
            }
            standing.add(seen);
        }
        return standing;
    }

    /** Each pod as it was at a time, and as it became within a second before or after: two watches are not in step. */
    synchronized List<PodSeen> podsAround(Instant time) {
        return pods.stream()
                .filter(seen -> seen.at().isBefore(time.plusSeconds(1)))
                .filter(seen -> pods.stream()
                        .noneMatch(later -> later.isOf(seen.pod().getMetadata().getUid())
                                && later.at().isAfter(seen.at())
                                && later.at().isBefore(time.minusSeconds(1))))
                .toList();
    }

    private synchronized <T> void add(List<T> entries, T entry) {
        entries.add(entry);
        notifyAll();
    }

    private synchronized <T> T waitFor(String what, Supplier<Optional<T>> entry) {
        Instant deadline = Instant.now().plus(PATIENCE);
        Optional<T> found = entry.get();
        BooleanSupplier isLate = () -> Instant.now().isAfter(deadline);
        while (found.isEmpty() && !isLate.getAsBoolean()) {
            try {
                wait(1000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
            found = entry.get();
        }
        return found.orElseThrow(() -> new AssertionError(name + ": " + what + " did not come within "
                + PATIENCE.toSeconds() + " s; last seen:\n" + (statuses.isEmpty() ? "nothing" : statuses.getLast())));
    }

    @Override
    public void close() {
        models.close();
        replicas.close();
    }
}
