package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Of several operators one works, and holds the Lease. One that loses the Lease ends at once, so that no two ever write;
 * one that is told to end gives it back, so that another need not wait until it has expired.
 */
@Singleton
class Leadership {
    static final String LEASE = "plimsoll-operator";
    private static final Logger LOG = Logger.getLogger(Leadership.class);
    static final int BEFORE_THE_FRAMEWORK = 1;
    private static final String RELEASED = "{\"spec\": {\"holderIdentity\": null, \"leaseDurationSeconds\": 1}}";

    private final KubernetesClient client;
    private final Duration duration;
    private final OperatorInstance instance;
    private volatile boolean ending;

    Leadership(OperatorConfig config, KubernetesClient client, OperatorInstance instance) {
        this.client = client;
        this.duration = config.lease().duration();
        this.instance = instance;
    }

    /** The framework would end the process by itself, and for ever wait for that where the process ends already. */
    @Produces
    @Singleton
    @Unremovable
    LeaderElectionConfiguration election() {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                .withLeaseNamespace(instance.namespace())
                .withIdentity(instance.name())
                .withLeaseDuration(duration)
                .withRenewDeadline(duration.multipliedBy(2).dividedBy(3))
                .withRetryPeriod(duration.dividedBy(8))
                .withLeaderCallbacks(new LeaderCallbacks(() -> {}, this::stopped, leader -> {}))
                .buildForTest(false);
    }

    void ends(@Observes @Priority(BEFORE_THE_FRAMEWORK) ShutdownEvent event) {
        ending = true;
    }

    private void stopped() {
        if (ending) {
            release();
        } else {
            LOG.fatal("the Lease was lost: the process ends, so that another operator works alone");
            Runtime.getRuntime().halt(1);
        }
    }

    private void release() {
        try {
            var lease = client.leases().inNamespace(instance.namespace()).withName(LEASE);
            Lease standing = lease.get();
            if (standing != null && instance.name().equals(standing.getSpec().getHolderIdentity())) {
                lease.patch(PatchContext.of(PatchType.JSON_MERGE), RELEASED);
            }
        } catch (KubernetesClientException e) {
            LOG.warnf("the Lease could not be given back: %s", SingleLine.of(String.valueOf(e.getMessage())));
        }
    }
}
