package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.page.Fleet;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The informer's own cache, leader or not, and the Lease that says whether statuses are true as of now. */
@Singleton
class WatchedFleet implements Fleet {
    private static final Duration ASKED_EVERY = Duration.ofSeconds(3);

    private final KubernetesClient client;
    private final OperatorInstance instance;
    private final Clock clock;
    private volatile @Nullable Cache<ModelDeployment> cache;
    private @Nullable Instant asked;
    private @Nullable Instant asOf;

    WatchedFleet(KubernetesClient client, OperatorInstance instance, Clock clock) {
        this.client = client;
        this.instance = instance;
        this.clock = clock;
    }

    void watches(Cache<ModelDeployment> watched) {
        cache = watched;
    }

    @Override
    public Optional<List<ModelDeployment>> all() {
        return Optional.ofNullable(cache).map(watched -> watched.list().toList());
    }

    @Override
    public synchronized Optional<Instant> asOf() {
        Instant now = clock.instant();
        if (asked == null || asked.plus(ASKED_EVERY).isBefore(now)) {
            asOf = lastRenewal(now);
            asked = now;
        }
        return Optional.ofNullable(asOf);
    }

    /** Nothing while the Lease is renewed, or where it cannot be read: then nothing is known against the statuses. */
    private @Nullable Instant lastRenewal(Instant now) {
        try {
            Lease lease = client.leases()
                    .inNamespace(instance.namespace())
                    .withName(Leadership.LEASE)
                    .get();
            if (lease == null || lease.getSpec().getRenewTime() == null) {
                return null;
            }
            Instant renewed = lease.getSpec().getRenewTime().toInstant();
            return renewed.plusSeconds(lease.getSpec().getLeaseDurationSeconds())
                            .isBefore(now)
                    ? renewed
                    : null;
        } catch (KubernetesClientException e) {
            return asOf;
        }
    }
}
