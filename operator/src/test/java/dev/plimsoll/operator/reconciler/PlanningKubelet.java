package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs the pods that plan, as a kubelet would: each ends at once with a plan that fits, but for those of deployments of which a
 * test says otherwise.
 */
final class PlanningKubelet implements AutoCloseable {
    private static final String FITS = """
            {"plan":{"devices":[{"name":"host","budget":0,"weights":268435456,"kvCache":1048576,"workspace":1048576,
            "context":0,"total":270532608}],"host":536870912,"maxSequences":1,"maxSequenceTokens":256}}""";

    private final KubernetesClient admin;
    private final Map<String, String> ends = new ConcurrentHashMap<>();
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    private final List<RuntimeException> failures = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService work = Executors.newSingleThreadExecutor();
    private final Watch watch;

    PlanningKubelet(KubernetesClient admin) {
        this.admin = admin;
        watch = admin.pods().inAnyNamespace().withLabel("plimsoll.dev/plans").watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, Pod pod) {
                if (action == Action.ADDED) {
                    work.execute(() -> end(pod));
                }
            }

            @Override
            public void onClose(WatcherException cause) {
                // the server is going away
            }
        });
    }

    /** How pods that plan for a deployment end from now on, as a container's {@code terminated}; empty: they never do. */
    void ends(String deployment, String terminated) {
        ends.put(deployment, terminated);
    }

    void refuses(String deployment, String reason, String message) {
        ends(deployment, """
                {exitCode: 3, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z",
                 message: '{"failure": {"reason": "%s", "message": "%s"}}'}""".formatted(reason, message));
    }

    void plans(String deployment) {
        ends.remove(deployment);
    }

    /** Names of the pods that ran, in order. */
    List<String> ran(String deployment) {
        synchronized (ran) {
            return ran.stream()
                    .filter(name -> name.startsWith(deployment + "-plan-"))
                    .toList();
        }
    }

    private void end(Pod pod) {
        String deployment = pod.getMetadata().getLabels().get("plimsoll.dev/deployment");
        String terminated = ends.getOrDefault(
                deployment,
                "{exitCode: 0, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z', message: '"
                        + FITS.replace("\n", "") + "'}");
        ran.add(pod.getMetadata().getName());
        if (terminated.isEmpty()) {
            return;
        }
        try {
            Pod now = admin.resource(pod).get();
            if (now != null) {
                now.setStatus(Serialization.unmarshal("""
                        phase: Succeeded
                        containerStatuses:
                        - name: server
                          image: x
                          imageID: x
                          restartCount: 0
                          ready: false
                          state: {terminated: %s}
                        """.formatted(terminated), PodStatus.class));
                admin.resource(now).updateStatus();
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                failures.add(e);
            }
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    @Override
    public void close() {
        watch.close();
        work.close();
        assertThat(failures).as("pods that could not be run").isEmpty();
    }
}
