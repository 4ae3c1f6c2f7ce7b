package dev.plimsoll.operator.status;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the plan that a replica of the current spec made fits the budgets. */
final class Fits {
    private static final Set<Reason> REFUSALS = Set.of(
            Reason.GpuBudgetTooSmall,
            Reason.HostBudgetTooSmall,
            Reason.NoGpu,
            Reason.SequenceTooLong,
            Reason.InvalidPlacement);

    private Fits() {}

    static Finding of(Observation seen) {
        Optional<Failure> refusal = seen.failure().filter(Fits::isRefusal);
        if (refusal.isPresent()) {
            return Finding.no(refusal.get().reason(), refusal.get().message());
        }
        return plan(seen)
                .map(plan -> Finding.yes(Reason.PlanFits, describe(plan, seen)))
                .orElseGet(() -> seen.isSilent()
                        ? Finding.unknown(Reason.ReportStale, "a replica does not report its plan")
                        : Finding.unknown(Reason.NotPlanned, "no replica of this spec has reported a plan yet"));
    }

    static boolean isRefusal(Failure failure) {
        return REFUSALS.contains(failure.reason());
    }

    static Optional<PlanReport> plan(Observation seen) {
        return seen.current().stream()
                .map(Replica::report)
                .flatMap(report -> Optional.ofNullable(report).stream())
                .flatMap(report -> Optional.ofNullable(report.plan()).stream())
                .findFirst();
    }

    private static String describe(PlanReport plan, Observation seen) {
        String host =
                ByteSize.format(plan.host()) + " of " + seen.spec().memory().host() + " on the host";
        String gpus = plan.devices().stream()
                .filter(device -> !device.name().equals("host"))
                .map(Fits::describe)
                .collect(Collectors.joining(", "));
        return gpus.isEmpty() ? host : gpus + ", " + host;
    }

    private static String describe(DevicePlanReport device) {
        if (device.name().equals("disk")) {
            return ByteSize.format(device.weights()) + " on disk";
        }
        return ByteSize.format(device.total()) + " of " + ByteSize.format(device.budget()) + " on " + device.name();
    }
}
