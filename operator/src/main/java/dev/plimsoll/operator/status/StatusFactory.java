package dev.plimsoll.operator.status;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.ModelFacts;
import dev.plimsoll.api.status.PlanStatus;
import dev.plimsoll.api.status.Summary;
import dev.plimsoll.operator.observe.Replica;
import dev.plimsoll.operator.status.WithinMemoryBudget.Depth;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From an observation to a status. Pure: the same observation gives the same status.
 *
 * <ol>
 *   <li>{@link Fits}, {@link ModelLoaded}, {@link PlacementSatisfied}, {@link WithinMemoryBudget}: each from what
 *       replicas of the current spec say
 *   <li>{@link Progressing} and {@link Availability}: from the pods
 *   <li>{@link Readiness}: the sum
 * </ol>
 */
public final class StatusFactory {
    private StatusFactory() {}

    public static ModelDeploymentStatus of(Observation seen) {
        Finding fits = Fits.of(seen);
        Finding loaded = ModelLoaded.of(seen);
        Finding placed = PlacementSatisfied.of(seen);
        Finding within = WithinMemoryBudget.of(seen);
        Finding progressing = Progressing.of(seen);
        Finding ready = Readiness.of(seen, progressing, List.of(fits, loaded, placed, within));
        Stamp stamp = new Stamp(seen);
        List<Condition> conditions = List.of(
                stamp.condition(ConditionType.Ready, ready),
                stamp.condition(ConditionType.Fits, fits),
                stamp.condition(ConditionType.Progressing, progressing),
                stamp.condition(ConditionType.Available, Availability.of(seen)),
                stamp.condition(ConditionType.ModelLoaded, loaded),
                stamp.condition(ConditionType.PlacementSatisfied, placed),
                stamp.condition(ConditionType.WithinMemoryBudget, within));
        long readyReplicas = seen.replicas().stream().filter(Replica::ready).count();
        return new ModelDeploymentStatus(
                seen.generation(),
                seen.replicas().size(),
                Math.toIntExact(readyReplicas),
                seen.current().size(),
                null,
                null,
                seen.selector(),
                seen.url(),
                summary(seen, readyReplicas),
                model(seen),
                Fits.plan(seen).map(StatusFactory::plan).orElse(null),
                new PodDetails(seen).list(),
                null,
                null,
                conditions);
    }

    private static Summary summary(Observation seen, long readyReplicas) {
        return new Summary(
                readyReplicas + "/" + seen.wanted(),
                placement(seen),
                depth(WithinMemoryBudget.worst(WithinMemoryBudget.gpus(seen))),
                depth(WithinMemoryBudget.worst(WithinMemoryBudget.hosts(seen))),
                report(seen)
                        .flatMap(report -> Optional.ofNullable(report.model()))
                        .map(model -> model.dtype().toString())
                        .orElse(seen.spec().dtype().toString()),
                loadTime(seen));
    }

    /** Of the replica that is furthest from serving; nothing is said of one that has not begun. */
    private static String placement(Observation seen) {
        return seen.current().stream()
                .filter(replica -> !PlacementSatisfied.devices(replica).stream()
                        .allMatch(device -> device.modules().isEmpty()))
                .min(Comparator.comparing(Replica::isLoaded))
                .map(replica -> {
                    List<DeviceReport> devices = PlacementSatisfied.devices(replica);
                    return Layers.describe(devices, !replica.isLoaded());
                })
                .orElse("-");
    }

    private static String depth(Optional<Depth> worst) {
        return worst.map(depth -> coarse(depth.bytes()) + "/" + ByteSize.format(depth.budget()))
                .orElse("-");
    }

    /** Steps of 16 MiB, upwards: a column need not follow every page. */
    private static String coarse(long bytes) {
        long step = 16L << 20;
        return bytes < step ? ByteSize.format(bytes) : ByteSize.format((bytes + step - 1) / step * step);
    }

    private static @Nullable String loadTime(Observation seen) {
        return seen.current().stream()
                .map(Replica::report)
                .filter(Objects::nonNull)
                .flatMap(report -> Optional.ofNullable(report.load()).stream())
                .filter(load -> load.bytesTotal() > 0 && load.bytesDone() >= load.bytesTotal())
                .max(Comparator.comparingDouble(ReplicaReport.LoadReport::seconds))
                .map(load -> String.format(Locale.ROOT, "%.2fs", load.seconds()))
                .orElse(null);
    }

    private static @Nullable ModelFacts model(Observation seen) {
        return report(seen)
                .flatMap(report -> Optional.ofNullable(report.model()))
                .map(StatusFactory::facts)
                .orElse(null);
    }

    private static ModelFacts facts(ModelReport model) {
        return new ModelFacts(
                model.architecture(),
                model.parameters(),
                model.layers(),
                new ModelFacts.CheckpointFacts(model.checkpointBytes(), model.checkpointDtype(), model.revision()),
                model.dtype());
    }

    private static PlanStatus plan(PlanReport plan) {
        return new PlanStatus(
                plan.devices().stream()
                        .map(device -> new PlanStatus.DevicePlan(
                                device.name(),
                                ByteSize.quantity(device.weights()),
                                ByteSize.quantity(device.kvCache()),
                                ByteSize.quantity(device.workspace()),
                                ByteSize.quantity(device.context()),
                                ByteSize.quantity(device.total())))
                        .toList(),
                ByteSize.quantity(plan.host()),
                plan.maxSequences(),
                plan.maxSequenceTokens());
    }

    private static Optional<ReplicaReport> report(Observation seen) {
        return seen.current().stream()
                .flatMap(replica -> Optional.ofNullable(replica.report()).stream())
                .findFirst();
    }
}
