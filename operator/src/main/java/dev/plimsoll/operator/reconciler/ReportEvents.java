package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.observe.ReportPoller;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Wakes the reconciler when a pod's report says something new. */
final class ReportEvents extends AbstractEventSource<Void, ModelDeployment> {
    private final ReportPoller poller;
    private final InformerEventSource<Pod, ModelDeployment> pods;
    private final Function<Pod, Optional<ResourceID>> owner;

    ReportEvents(
            ReportPoller poller,
            InformerEventSource<Pod, ModelDeployment> pods,
            Function<Pod, Optional<ResourceID>> owner) {
        super(Void.class, "reports");
        this.poller = poller;
        this.pods = pods;
        this.owner = owner;
    }

    @Override
    public void start() {
        super.start();
        poller.start(() -> pods.list(pod -> true).toList(), pod -> owner.apply(pod)
                .ifPresent(id -> getEventHandler().handleEvent(new Event(id))));
    }

    @Override
    public void stop() {
        poller.stop();
        super.stop();
    }

    @Override
    public Set<Void> getSecondaryResources(ModelDeployment primary) {
        return Set.of();
    }
}
