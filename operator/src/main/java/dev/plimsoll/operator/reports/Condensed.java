package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.HostReport;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A report without what no status is told from. */
final class Condensed {
    private static final int MAX_MESSAGE = 4096;
    private static final int MAX_CHANGES = 16;

    private Condensed() {}

    /**
     * Of a plausible report; nothing is told of its engine.
     *
     * @param shared gives an equal list that is kept already, where there is one: replicas place modules alike
     */
    static ReplicaReport of(ReplicaReport report, UnaryOperator<List<DeviceReport.ModulePlacement>> shared) {
        return new ReplicaReport(
                report.podUid(),
                report.phase(),
                report.startedAt(),
                report.observedAt(),
                report.model(),
                plan(report.plan()),
                report.devices().stream().map(device -> device(device, shared)).toList(),
                host(report.host()),
                load(report.load()),
                null,
                failure(report.failure()));
    }

    private static @Nullable PlanReport plan(@Nullable PlanReport plan) {
        return plan == null
                ? null
                : new PlanReport(
                        plan.devices().stream().map(Condensed::device).toList(),
                        plan.host(),
                        plan.maxSequences(),
                        plan.maxSequenceTokens());
    }

    private static DevicePlanReport device(DevicePlanReport device) {
        return new DevicePlanReport(
                device.name(),
                device.budget(),
                device.weights(),
                device.kvCache(),
                device.workspace(),
                device.context(),
                device.total());
    }

    private static DeviceReport device(DeviceReport device, UnaryOperator<List<DeviceReport.ModulePlacement>> shared) {
        return new DeviceReport(
                device.name(),
                device.kind(),
                device.uuid(),
                device.product(),
                device.budget(),
                device.measured(),
                shared.apply(device.modules()));
    }

    private static @Nullable HostReport host(@Nullable HostReport host) {
        return host == null
                ? null
                : new HostReport(host.budget(), host.anonymous(), host.pinned(), host.file(), host.peak(), null);
    }

    private static @Nullable LoadReport load(@Nullable LoadReport load) {
        return load == null
                ? null
                : new LoadReport(
                        load.source(),
                        load.bytesTotal(),
                        load.bytesDone(),
                        load.seconds(),
                        load.bytesPerSecond(),
                        load.remainingSeconds(),
                        load.startToReadySeconds(),
                        null);
    }

    private static @Nullable Failure failure(@Nullable Failure failure) {
        return failure == null
                ? null
                : new Failure(
                        failure.reason(),
                        cut(failure.message()),
                        failure.deficits().stream().limit(MAX_CHANGES).toList(),
                        failure.wouldFit().stream()
                                .limit(MAX_CHANGES)
                                .map(Condensed::cut)
                                .toList());
    }

    private static String cut(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 3) + "...";
    }
}
