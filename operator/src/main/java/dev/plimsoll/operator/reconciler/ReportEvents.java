package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.reports.ReportPoller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Wakes the reconciler when there is news from pods, and tells it of a ModelDeployment that is no more. An operator that
 * does not lead reconciles nothing, follows no pod and asks none.
 */
final class ReportEvents extends AbstractEventSource<Void, ModelDeployment>
        implements ResourceEventAware<ModelDeployment> {
    private final ReportPoller reports;
    private final Consumer<ModelDeployment> onDeleted;

    ReportEvents(ReportPoller reports, Consumer<ModelDeployment> onDeleted) {
        super(Void.class, "reports");
        this.reports = reports;
        this.onDeleted = onDeleted;
    }

    @Override
    public void start() {
        super.start();
        reports.start(model -> getEventHandler().handleEvent(new Event(model)));
    }

    @Override
    public void stop() {
        reports.stop();
        super.stop();
    }

    @Override
    public void onResourceDeleted(ModelDeployment model) {
        onDeleted.accept(model);
    }

    @Override
    public Set<Void> getSecondaryResources(ModelDeployment primary) {
        return Set.of();
    }
}
