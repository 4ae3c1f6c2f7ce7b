package dev.plimsoll.operator.reconciler;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lists nodes, and their pods, when a change is planned or begins: rarely, so that nothing of them is watched or kept. An
 * operator that may not is told so once, and goes without.
 */
@Singleton
class NodeLister {
    private static final Logger LOG = Logger.getLogger(NodeLister.class);
    private static final Duration LASTS = Duration.ofSeconds(30);

    /** From the API server's cache: a moment's delay does not matter. */
    private static final ListOptions CACHED =
            new ListOptionsBuilder().withResourceVersion("0").build();

    private final KubernetesClient client;
    private final Clock clock;
    private final AtomicReference<@Nullable Listed> last = new AtomicReference<>();
    private final AtomicBoolean toldOfSlices = new AtomicBoolean();

    /** @param failure why there are none; null where they were listed */
    record Nodes(List<Node> items, @Nullable String failure) {}

    private record Listed(Instant at, Nodes nodes) {}

    NodeLister(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    Nodes nodes() {
        Instant now = clock.instant();
        Listed known = last.get();
        if (known != null && known.at().plus(LASTS).isAfter(now)) {
            return known.nodes();
        }
        Nodes nodes = list();
        if (nodes.failure() != null && (known == null || known.nodes().failure() == null)) {
            LOG.warnf(
                    "the nodes cannot be listed: plans go by memory.gpu alone, and Auto replaces: %s", nodes.failure());
        }
        last.set(new Listed(now, nodes));
        return nodes;
    }

    private Nodes list() {
        try {
            return new Nodes(client.nodes().list(CACHED).getItems(), null);
        } catch (KubernetesClientException e) {
            return new Nodes(List.of(), SingleLine.of(ApplyRefusal.words(e)));
        }
    }

    /** What drivers offer to Dynamic Resource Allocation; nothing where the cluster has none, or may not be asked. */
    List<ResourceSlice> slices() {
        try {
            return client.resources(ResourceSlice.class).list(CACHED).getItems();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && toldOfSlices.compareAndSet(false, true)) {
                LOG.warnf(
                        "what drivers offer by device class cannot be listed: plans go by memory.gpu alone: %s",
                        SingleLine.of(ApplyRefusal.words(e)));
            }
            return List.of();
        }
    }

    /**
     * Pods of all namespaces that have not ended: not for an operator of some namespaces, which may not see them.
     *
     * @throws KubernetesClientException where they cannot be listed
     */
    List<Pod> pods() {
        return client.pods()
                .inAnyNamespace()
                .withoutField("status.phase", "Succeeded")
                .withoutField("status.phase", "Failed")
                .list(CACHED)
                .getItems();
    }
}
