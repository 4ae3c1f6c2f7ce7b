package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.Vitals;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.logging.Logger;

/**
 * Renews a Lease of this operator's own, called as its pod, leader or not, as kubelets do for their nodes: four times in
 * its duration. One that calls itself dead renews it no more; one that is told to end gives it back.
 */
@Singleton
class Heartbeat {
    private static final Logger LOG = Logger.getLogger(Heartbeat.class);
    private static final int BEATS = 4;
    private static final String RELEASED = "{\"spec\": {\"holderIdentity\": null, \"leaseDurationSeconds\": 1}}";

    private final KubernetesClient client;
    private final OperatorInstance instance;
    private final Liveness liveness;
    private final Vitals vitals;
    private final Clock clock;
    private final Duration life;
    private final ZonedDateTime began;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());

    Heartbeat(
            OperatorConfig config,
            KubernetesClient client,
            OperatorInstance instance,
            @org.eclipse.microprofile.health.Liveness Liveness liveness,
            Vitals vitals,
            Clock clock) {
        this.client = client;
        this.instance = instance;
        this.liveness = liveness;
        this.vitals = vitals;
        this.clock = clock;
        this.life = config.lease().life();
        this.began = now();
    }

    void begins(@Observes StartupEvent event) {
        var unused =
                beats.scheduleAtFixedRate(this::beat, 0, life.dividedBy(BEATS).toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Before the framework, which closes the client; after a beat that is under way. */
    void ends(@Observes @Priority(Leadership.BEFORE_THE_FRAMEWORK) ShutdownEvent event) throws InterruptedException {
        beats.shutdown();
        boolean unused = beats.awaitTermination(2, TimeUnit.SECONDS);
        try {
            client.leases()
                    .inNamespace(instance.namespace())
                    .withName(instance.name())
                    .patch(PatchContext.of(PatchType.JSON_MERGE), RELEASED);
        } catch (KubernetesClientException e) {
            LOG.warnf("the Lease of this operator could not be given back: %s", SingleLine.of(ApplyRefusal.words(e)));
        }
    }

    private void beat() {
        try {
            if (liveness.call().getStatus() == HealthCheckResponse.Status.UP) {
                renew();
            }
        } catch (KubernetesClientException e) {
            LOG.warnf("the Lease of this operator could not be renewed: %s", SingleLine.of(ApplyRefusal.words(e)));
        } catch (RuntimeException e) {
            LOG.warnf("the Lease of this operator could not be renewed: %s", SingleLine.of(e.toString()));
        } catch (Error e) {
            vitals.fatal(e);
        }
    }

    private void renew() {
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName(instance.name())
                        .withNamespace(instance.namespace())
                        .withLabels(Map.of("app.kubernetes.io/name", "plimsoll-operator"))
                        .withOwnerReferences(instance.owners())
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(instance.name())
                        .withLeaseDurationSeconds((int) life.toSeconds())
                        .withAcquireTime(began)
                        .withRenewTime(now())
                        .endSpec()
                        .build())
                .fieldManager(Applier.FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
    }

    private ZonedDateTime now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
    }
}
