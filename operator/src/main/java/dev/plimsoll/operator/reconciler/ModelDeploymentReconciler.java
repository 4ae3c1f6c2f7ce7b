package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.operator.Vitals;
import dev.plimsoll.operator.desired.DesiredObjects;
import dev.plimsoll.operator.desired.PodShape;
import dev.plimsoll.operator.judgement.ApplyFailure;
import dev.plimsoll.operator.judgement.Evidence;
import dev.plimsoll.operator.judgement.Judgement;
import dev.plimsoll.operator.judgement.News;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.reports.ReportPoller;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurableReconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Observes, applies what is not as desired, judges, writes the status, and then tells the news. Applying comes before
 * judging so that what could not be applied is evidence of the same look; none of its failures ends the look. There is
 * no managed workflow: one that fails would end it before anything is observed.
 */
@ControllerConfiguration(
        name = "modeldeployment",
        fieldManager = Applier.FIELD_MANAGER,
        informer = @Informer,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
public class ModelDeploymentReconciler implements ConfigurableReconciler<ModelDeployment> {
    private static final Logger LOG = Logger.getLogger(ModelDeploymentReconciler.class);
    private static final Duration TOO_EARLY = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofMillis(250);

    private final WatchedNamespaces namespaces;
    private final Observer observer;
    private final Rollouts rollouts;
    private final Applier applier;
    private final Statuses statuses;
    private final EventRecorder events;
    private final ReportPoller reports;
    private final ModelMetrics metrics;
    private final Vitals vitals;
    private final WatchedFleet fleet;
    private final Clock clock;
    private final Map<ResourceID, Integer> failures = new ConcurrentHashMap<>();
    private volatile Optional<Caches> caches = Optional.empty();

    public ModelDeploymentReconciler(
            WatchedNamespaces namespaces,
            Observer observer,
            Rollouts rollouts,
            Applier applier,
            Statuses statuses,
            EventRecorder events,
            ReportPoller reports,
            ModelMetrics metrics,
            Vitals vitals,
            WatchedFleet fleet,
            Clock clock) {
        this.namespaces = namespaces;
        this.observer = observer;
        this.rollouts = rollouts;
        this.applier = applier;
        this.statuses = statuses;
        this.events = events;
        this.reports = reports;
        this.metrics = metrics;
        this.vitals = vitals;
        this.fleet = fleet;
        this.clock = clock;
    }

    @Override
    public void updateConfigurationFrom(ControllerConfigurationOverrider<ModelDeployment> settings) {
        settings.withItemStore(new LeanStore<>())
                .withGenerationAware(false)
                .withOnUpdateFilter(ModelDeploymentReconciler::asksForMore);
        if (!namespaces.all()) {
            settings.settingNamespaces(namespaces.names());
        }
    }

    /** A status that was written is no reason to look; what is asked for is, in the spec or by the annotation for a restart. */
    private static boolean asksForMore(ModelDeployment now, ModelDeployment before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || !PodShape.restartedAt(now).equals(PodShape.restartedAt(before));
    }

    @Override
    public List<EventSource<?, ModelDeployment>> prepareEventSources(EventSourceContext<ModelDeployment> context) {
        Caches made = new Caches(context, observer::claim);
        caches = Optional.of(made);
        fleet.watches(context.getPrimaryCache());
        List<EventSource<?, ModelDeployment>> sources = new ArrayList<>(made.all());
        sources.add(new ReportEvents(reports, this::forget));
        return sources;
    }

    private void forget(ModelDeployment model) {
        reports.forget(ResourceID.fromResource(model));
        applier.forget(model);
        rollouts.forget(model);
        statuses.forget(model);
        metrics.forget(model);
        failures.remove(ResourceID.fromResource(model));
    }

    @Override
    public UpdateControl<ModelDeployment> reconcile(ModelDeployment model, Context<ModelDeployment> context) {
        try {
            Duration next = look(model, caches.orElseThrow());
            failures.remove(ResourceID.fromResource(model));
            return UpdateControl.<ModelDeployment>noUpdate().rescheduleAfter(next);
        } catch (Error e) {
            vitals.fatal(e);
            throw e;
        }
    }

    /** One look at everything; how long until the next, if nothing happens before. */
    private Duration look(ModelDeployment model, Caches stage) {
        List<Pod> owned = observer.follow(model, stage);
        ModelDeploymentStatus standing = statuses.of(model);
        Rolling rolling = rollouts.advance(model, stage, standing);
        Applier.Outcome applied = applier.apply(model, DesiredObjects.of(model, rolling.desired()), stage);
        List<ApplyFailure> failures = Stream.concat(rolling.failures().stream(), applied.failures().stream())
                .toList();
        Evidence evidence = observer.evidence(model, rolling, stage, failures, standing);
        if (isTooEarly(evidence)) {
            return SOON;
        }
        Judgement judgement = Judgement.of(evidence);
        rollouts.judged(model, rolling, judgement, stage);
        Duration pause = write(model, standing, judgement.status());
        if (!pause.isZero()) {
            return pause;
        }
        Duration next = Pause.after(judgement, owned, evidence.now());
        return Stream.of(Optional.of(next), applied.again(), rolling.again())
                .flatMap(Optional::stream)
                .min(Duration::compareTo)
                .orElse(next);
    }

    /**
     * Whether a moment's wait tells more: a server has not been asked yet, or not reached at the first try by an
     * operator that may itself have just begun. No pod makes it longer than its first seconds.
     */
    private static boolean isTooEarly(Evidence evidence) {
        return evidence.replicas().isTooEarly(TOO_EARLY, evidence.now())
                || evidence.replicas().active().stream()
                        .anyMatch(replica -> replica.isStarted()
                                && replica.known() instanceof KnownReport.Failed failed
                                && !failed.cause().isRejection()
                                && replica.firstSeen().plus(TOO_EARLY).isAfter(evidence.now()));
    }

    /** How long the status has to wait; zero when it says already what it should. */
    private Duration write(
            ModelDeployment model, @Nullable ModelDeploymentStatus standing, ModelDeploymentStatus status) {
        metrics.observed(model, status);
        if (status.equals(standing)) {
            return Duration.ZERO;
        }
        Duration wait = statuses.pause(model, standing, status);
        Duration pause = wait.isZero() ? statuses.write(model, status) : wait;
        if (pause.isZero()) {
            News.between(standing, status).forEach(news -> events.record(model, news));
        }
        return pause;
    }

    /** What nothing else caught: the status does not go on saying what it said, and there will be another look. */
    @Override
    public ErrorStatusUpdateControl<ModelDeployment> updateErrorStatus(
            ModelDeployment model, Context<ModelDeployment> context, Exception thrown) {
        int count = failures.merge(ResourceID.fromResource(model), 1, Integer::sum);
        metrics.failed(thrown);
        LOG.error("this look failed; there will be another", thrown);
        Doubt.unknown(model, statuses.of(model), thrown, clock.instant())
                .ifPresent(status -> statuses.write(model, status));
        return ErrorStatusUpdateControl.<ModelDeployment>noStatusUpdate().rescheduleAfter(Backoff.after(count));
    }
}
