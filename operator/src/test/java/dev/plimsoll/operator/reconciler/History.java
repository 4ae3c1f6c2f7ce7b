package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Every version of every ModelDeployment that was to be seen, by a watch: also what stood for a moment only. */
final class History implements AutoCloseable {
    private final List<Version> versions = new CopyOnWriteArrayList<>();
    private final Watch watch;

    /**
     * One version of an object.
     *
     * @param ready the status of {@code Ready} and its reason; empty where there is none
     */
    record Version(String name, long generation, long observed, String ready) {
        boolean isCurrentlyReady() {
            return observed == generation && ready.startsWith("True");
        }
    }

    History(KubernetesClient admin) {
        watch = admin.resources(ModelDeployment.class).inAnyNamespace().watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ModelDeployment model) {
                versions.add(version(model));
            }

            @Override
            public void onClose(WatcherException cause) {
                throw new IllegalStateException("the watch has ended", cause);
            }
        });
    }

    private static Version version(ModelDeployment model) {
        var status = model.getStatus();
        return new Version(
                model.getMetadata().getName(),
                model.getMetadata().getGeneration(),
                status == null || status.observedGeneration() == null ? -1 : status.observedGeneration(),
                status == null
                        ? ""
                        : status.conditions().stream()
                                .filter(condition -> condition.type().equals(ConditionType.Ready))
                                .map(condition -> condition.status() + " " + condition.reason())
                                .findFirst()
                                .orElse(""));
    }

    List<Version> of(Workload model) {
        return versions.stream()
                .filter(version -> version.name().equals(model.name))
                .toList();
    }

    @Override
    public void close() {
        watch.close();
    }
}
