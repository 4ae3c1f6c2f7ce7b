package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.operator.desired.DeploymentResource;
import dev.plimsoll.operator.desired.ServiceResource;
import dev.plimsoll.operator.desired.SourceAllowed;
import dev.plimsoll.operator.status.Observation;
import dev.plimsoll.operator.status.StatusFactory;
import dev.plimsoll.operator.status.Transitions;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.Workflow;
import io.javaoperatorsdk.operator.api.reconciler.dependent.Dependent;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the Deployment and the Service (by server-side apply, before {@link #reconcile}), looks at what came of them,
 * and says so in the status.
 */
@Workflow(
        dependents = {
            @Dependent(type = DeploymentResource.class, reconcilePrecondition = SourceAllowed.class),
            @Dependent(type = ServiceResource.class)
        },
        handleExceptionsInReconciler = true)
@ControllerConfiguration(
        name = "modeldeployment",
        informer = @Informer,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
public class ModelDeploymentReconciler implements Reconciler<ModelDeployment> {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Observer observer;
    private final EventRecorder events;

    public ModelDeploymentReconciler(Observer observer, EventRecorder events) {
        this.observer = observer;
        this.events = events;
    }

    @Override
    public List<EventSource<?, ModelDeployment>> prepareEventSources(EventSourceContext<ModelDeployment> context) {
        return observer.eventSources(context);
    }

    @Override
    public UpdateControl<ModelDeployment> reconcile(ModelDeployment model, Context<ModelDeployment> context) {
        if (observer.isTooEarly(context)) {
            return UpdateControl.<ModelDeployment>noUpdate().rescheduleAfter(Duration.ofSeconds(1));
        }
        Observation seen = observer.observe(model, context);
        ModelDeploymentStatus status = StatusFactory.of(seen);
        if (status.equals(model.getStatus())) {
            return UpdateControl.<ModelDeployment>noUpdate().rescheduleAfter(LOOK_AGAIN);
        }
        Transitions.between(model.getStatus(), status).forEach(news -> events.record(model, news));
        return UpdateControl.patchStatus(StatusPatch.of(model, status)).rescheduleAfter(LOOK_AGAIN);
    }
}
