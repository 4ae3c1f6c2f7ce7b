package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.FailedPodStatus;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.ModelFacts;
import dev.plimsoll.api.status.PlanStatus;
import dev.plimsoll.api.status.Summary;
import dev.plimsoll.operator.replicas.FailedPod;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The facts that a status shows beside its conditions. */
final class StatusFactory {
    private static final int MOST_FAILED = 8;
    private static final int MOST_DEVICES = 32;
    private static final String LOADING = " (loading)";

    private StatusFactory() {}

    static ModelDeploymentStatus of(Facts facts, List<Condition> conditions) {
        long ready =
                facts.all().stream().filter(sight -> sight.replica().ready()).count();
        int leaving = facts.evidence().replicas().leaving().size();
        PodDetails details = new PodDetails(facts);
        Optional<ModelReport> model = model(facts);
        return new ModelDeploymentStatus(
                facts.evidence().generation(),
                facts.all().size(),
                Math.toIntExact(ready),
                facts.current().size(),
                leaving == 0 ? null : leaving,
                facts.reached(),
                facts.evidence().selector(),
                facts.evidence().url(),
                new Summary(
                        ready + "/" + facts.wanted(),
                        placement(facts),
                        WithinMemoryBudget.gpu(facts).column(),
                        WithinMemoryBudget.host(facts).column(),
                        Text.line(
                                model.map(ModelReport::dtype)
                                        .orElse(facts.spec().dtype())
                                        .value(),
                                64),
                        loadTime(facts)),
                model.map(StatusFactory::facts).orElse(null),
                Fits.plan(facts)
                        .or(() -> Fits.planned(facts))
                        .map(StatusFactory::plan)
                        .orElse(null),
                Changes.status(facts),
                details.list(),
                details.count() > PodDetails.MOST ? details.count() - PodDetails.MOST : null,
                failed(facts),
                conditions);
    }

    private static @Nullable List<FailedPodStatus> failed(Facts facts) {
        List<FailedPodStatus> failed = facts.evidence().replicas().failed().stream()
                .sorted(Comparator.comparing(FailedPod::created).reversed().thenComparing(FailedPod::name))
                .limit(MOST_FAILED)
                .map(pod -> new FailedPodStatus(
                        pod.name(),
                        pod.uid(),
                        pod.node(),
                        Text.line(pod.reason(), 128),
                        pod.message().isEmpty() ? null : Text.line(pod.message(), 1024)))
                .toList();
        return failed.isEmpty() ? null : failed;
    }

    /** Of the replica that is furthest from serving; nothing is said of one that has not begun. */
    private static String placement(Facts facts) {
        return facts.current().stream()
                .filter(sight -> sight.phase().equals(Phase.Loading))
                .findFirst()
                .map(sight -> loading(facts, sight))
                .or(() -> facts.current().stream()
                        .filter(sight -> sight.isLoaded() && PlacementSatisfied.reports(sight))
                        .findFirst()
                        .map(sight -> Layers.describe(PlacementSatisfied.devices(sight), false)))
                .orElse("-");
    }

    /** Where the plan puts the layers; where it does not say, what has been loaded at the last twentieth. */
    private static String loading(Facts facts, Sight sight) {
        List<DeviceReport> devices = PlacementSatisfied.devices(sight);
        List<DeviceReport> planned = devices.stream()
                .map(device -> planned(device, sight))
                .flatMap(Optional::stream)
                .toList();
        if (!planned.isEmpty()) {
            return Layers.describe(planned, false) + LOADING;
        }
        Optional<String> stood =
                facts.standing().summary().map(Summary::placement).filter(placement -> placement.endsWith(LOADING));
        return stood.isPresent() && PodDetails.isBetweenSteps(facts)
                ? stood.get()
                : PlacementSatisfied.reports(sight) ? Layers.describe(devices, false) + LOADING : "-";
    }

    private static Optional<DeviceReport> planned(DeviceReport device, Sight sight) {
        return sight.report()
                .flatMap(report -> Optional.ofNullable(report.plan()))
                .flatMap(plan -> plan.devices().stream()
                        .filter(one -> one.name().equals(device.name()) && one.modules() != null)
                        .findFirst())
                .map(plan -> new DeviceReport(
                        device.name(),
                        device.kind(),
                        null,
                        null,
                        null,
                        null,
                        Objects.requireNonNullElse(plan.modules(), List.<String>of()).stream()
                                .map(module -> new DeviceReport.ModulePlacement(module, 0, null))
                                .toList()));
    }

    private static @Nullable String loadTime(Facts facts) {
        return ModelLoaded.slowest(facts)
                .map(load -> String.format(Locale.ROOT, "%.2fs", load.seconds()))
                .orElse(null);
    }

    private static Optional<ModelReport> model(Facts facts) {
        return facts.current().stream()
                .flatMap(sight -> sight.report().stream())
                .flatMap(report -> Optional.ofNullable(report.model()).stream())
                .findFirst()
                .or(() -> Optional.ofNullable(facts.evidence().rollout().plan())
                        .flatMap(planned -> Optional.ofNullable(planned.model())));
    }

    private static ModelFacts facts(ModelReport model) {
        return new ModelFacts(
                Text.line(model.architecture(), 256),
                model.parameters(),
                model.layers(),
                new ModelFacts.CheckpointFacts(
                        model.checkpointBytes(),
                        word(model.checkpointDtype()),
                        model.revision() == null ? null : Text.line(model.revision(), 256)),
                word(model.dtype()));
    }

    private static Dtype word(Dtype dtype) {
        return new Dtype(Text.line(dtype.value(), 64));
    }

    private static PlanStatus plan(PlanReport plan) {
        return new PlanStatus(
                plan.devices().stream()
                        .limit(MOST_DEVICES)
                        .map(StatusFactory::device)
                        .toList(),
                ByteSize.quantity(plan.host()),
                plan.maxSequences(),
                plan.maxSequenceTokens());
    }

    private static PlanStatus.DevicePlan device(DevicePlanReport device) {
        return new PlanStatus.DevicePlan(
                Text.line(device.name(), 128),
                ByteSize.quantity(device.weights()),
                ByteSize.quantity(device.kvCache()),
                ByteSize.quantity(device.workspace()),
                ByteSize.quantity(device.context()),
                ByteSize.quantity(device.total()));
    }
}
