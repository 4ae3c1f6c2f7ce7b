package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.status.Transitions.News;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jboss.logging.Logger;

/** Writes Kubernetes Events about ModelDeployments. An Event that cannot be written is logged, not retried. */
@Singleton
class EventRecorder {
    private static final Logger LOG = Logger.getLogger(EventRecorder.class);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final int MAX_NOTE = 1024;

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
                model.getMetadata().getNamespace(), model.getMetadata().getName(), news.reason(), news.message());
        try {
            client.resource(event(model, news)).create();
        } catch (KubernetesClientException e) {
            LOG.warnf("an Event could not be written: %s", e.getMessage());
        }
    }

    private Event event(ModelDeployment model, News news) {
        String note = news.message().length() > MAX_NOTE ? news.message().substring(0, MAX_NOTE) : news.message();
        return new EventBuilder()
                .withNewMetadata()
                .withName(model.getMetadata().getName() + "." + Long.toHexString(System.nanoTime()))
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
                .withEventTime(new MicroTime(MICROS.format(clock.instant())))
                .build();
    }
}
