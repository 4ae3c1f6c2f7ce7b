package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.replicas.PodTrouble;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * What Events warn of about pods that do not start, such as a volume that cannot be attached: no field of a pod says it.
 * Only a pod that has waited for a while is asked about, and not often; there is no watch.
 */
@Singleton
class PodTroubles {
    static final Duration AGAIN = Duration.ofSeconds(15);
    private static final Logger LOG = Logger.getLogger(PodTroubles.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<String> TOLD_ELSEWHERE = Set.of("FailedScheduling", "BackOff", "Unhealthy", "Failed");
    private static final int KEPT = 4;

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();

    private record Asked(Instant at, List<PodTrouble> troubles) {}

    PodTroubles(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Whether a pod has been given a node and none of its containers has begun. */
    static boolean waits(Pod pod) {
        return pod.getStatus() != null
                && "Pending".equals(pod.getStatus().getPhase())
                && pod.getMetadata().getDeletionTimestamp() == null
                && pod.getSpec() != null
                && pod.getSpec().getNodeName() != null;
    }

    /** The latest warnings first. */
    List<PodTrouble> of(Pod pod, Instant firstSeen) {
        String uid = pod.getMetadata().getUid();
        if (!waits(pod)) {
            asked.remove(uid);
            return List.of();
        }
        Instant now = clock.instant();
        if (firstSeen.plus(PATIENCE).isAfter(now)) {
            return List.of();
        }
        Asked last = asked.get(uid);
        if (last == null || !last.at().plus(AGAIN).isAfter(now)) {
            last = new Asked(now, ask(pod));
            asked.put(uid, last);
            asked.values()
                    .removeIf(old -> old.at().plus(AGAIN.multipliedBy(KEPT)).isBefore(now));
        }
        return last.troubles();
    }

    private List<PodTrouble> ask(Pod pod) {
        try {
            return client
                    .events()
                    .v1()
                    .events()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withField("regarding.uid", pod.getMetadata().getUid())
                    .list()
                    .getItems()
                    .stream()
                    .filter(event -> "Warning".equals(event.getType()) && !TOLD_ELSEWHERE.contains(event.getReason()))
                    .sorted(Comparator.comparing(PodTroubles::time).reversed())
                    .map(event -> new PodTrouble(event.getReason(), Objects.requireNonNullElse(event.getNote(), "")))
                    .limit(KEPT)
                    .toList();
        } catch (KubernetesClientException e) {
            LOG.warnf("Events of a pod could not be read: %s", SingleLine.of(String.valueOf(e.getMessage())));
            return List.of();
        }
    }

    private static String time(Event event) {
        if (event.getSeries() != null && event.getSeries().getLastObservedTime() != null) {
            return event.getSeries().getLastObservedTime().getTime();
        }
        return Objects.requireNonNullElseGet(
                event.getDeprecatedLastTimestamp(),
                () -> event.getEventTime() == null ? "" : event.getEventTime().getTime());
    }
}
