package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.judgement.News;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Writes Kubernetes Events about ModelDeployments. News that come again are counted in the Event that told them first
 * (its series), also by another operator: an Event's name follows from what it says. An Event that cannot be written is
 * logged, not retried.
 */
@Singleton
class EventRecorder {
    private static final Logger LOG = Logger.getLogger(EventRecorder.class);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    /** Bytes, see noteLengthLimit in k8s.io/kubernetes/pkg/apis/core/validation/events.go. */
    private static final int MAX_NOTE = 1024;

    private static final PatchContext MERGE = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(Applier.FIELD_MANAGER)
            .build();

    private final KubernetesClient client;
    private final Clock clock;
    private final String instance = System.getenv().getOrDefault("HOSTNAME", "operator");

    EventRecorder(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    void record(ModelDeployment model, News news) {
        LOG.infof(
                "%s/%s: %s: %s",
                model.getMetadata().getNamespace(),
                model.getMetadata().getName(),
                news.reason(),
                SingleLine.of(news.message()));
        Event event = event(model, news);
        try {
            event.getMetadata().setResourceVersion(Applier.ONLY_CREATE);
            client.resource(event).fieldManager(Applier.FIELD_MANAGER).serverSideApply();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                count(event);
            } else {
                LOG.warnf("an Event could not be written: %s", SingleLine.of(String.valueOf(e.getMessage())));
            }
        }
    }

    private void count(Event event) {
        try {
            event.getMetadata().setResourceVersion(null);
            Event standing = client.resource(event).get();
            if (standing != null) {
                int count = standing.getSeries() == null || standing.getSeries().getCount() == null
                        ? 1
                        : standing.getSeries().getCount();
                client.resource(event)
                        .patch(
                                MERGE,
                                "{\"series\": {\"count\": " + (count + 1) + ", \"lastObservedTime\": \"" + now()
                                        + "\"}}");
            }
        } catch (KubernetesClientException e) {
            LOG.warnf("an Event could not be counted: %s", SingleLine.of(String.valueOf(e.getMessage())));
        }
    }

    private Event event(ModelDeployment model, News news) {
        String note = cut(news.message());
        String identity = model.getMetadata().getUid() + news.warning() + news.reason() + note;
        return new EventBuilder()
                .withNewMetadata()
                .withName(model.getMetadata().getName() + "."
                        + UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)))
                .withNamespace(model.getMetadata().getNamespace())
                .endMetadata()
                .withNewRegarding()
                .withApiVersion(model.getApiVersion())
                .withKind(model.getKind())
                .withName(model.getMetadata().getName())
                .withNamespace(model.getMetadata().getNamespace())
                .withUid(model.getMetadata().getUid())
                .endRegarding()
                .withType(news.warning() ? "Warning" : "Normal")
                .withReason(news.reason())
                .withAction("Reconcile")
                .withNote(note)
                .withReportingController("plimsoll.dev/operator")
                .withReportingInstance(instance)
                .withEventTime(new MicroTime(now()))
                .build();
    }

    private String now() {
        return MICROS.format(clock.instant());
    }

    /** At the boundary of a character, with an ellipsis where something is missing. */
    static String cut(String note) {
        byte[] bytes = note.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_NOTE) {
            return note;
        }
        int end = MAX_NOTE - "…".getBytes(StandardCharsets.UTF_8).length;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8) + "…";
    }
}
