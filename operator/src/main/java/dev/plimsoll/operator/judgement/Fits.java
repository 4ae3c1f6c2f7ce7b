package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutPhase;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the plan that a replica of the current spec made fits the budgets, where none refuses. */
final class Fits {
    private static final int MOST_DEVICES = 32;

    private Fits() {}

    static Finding of(Facts facts) {
        if (!facts.isServed() && facts.evidence().rollout().phase().equals(RolloutPhase.Planning)) {
            return Finding.unknown(
                    Reason.NotPlanned,
                    "generation " + facts.evidence().generation() + " has not been planned yet"
                            + Changes.servesOn(facts));
        }
        return plan(facts)
                .map(plan -> Finding.yes(Reason.PlanFits, describe(plan, facts)))
                .or(() -> facts.first(Sight::isSilent).map(Silence::of))
                .or(() -> planned(facts).map(plan -> Finding.yes(Reason.PlanFits, describe(plan, facts))))
                .orElseGet(() -> Finding.unknown(Reason.NotPlanned, "no replica of this spec has reported a plan yet"));
    }

    /** Of the oldest replica that reports one. */
    static Optional<PlanReport> plan(Facts facts) {
        return facts.current().stream()
                .flatMap(sight -> sight.report().stream())
                .flatMap(report -> Optional.ofNullable(report.plan()).stream())
                .findFirst();
    }

    /** What was planned before there were pods. */
    static Optional<PlanReport> planned(Facts facts) {
        return Optional.ofNullable(facts.evidence().rollout().plan())
                .flatMap(report -> Optional.ofNullable(report.plan()));
    }

    private static String describe(PlanReport plan, Facts facts) {
        String host =
                ByteSize.format(plan.host()) + " of " + facts.spec().memory().host() + " on the host";
        String gpus = plan.devices().stream()
                .filter(device -> !device.name().equals("host"))
                .limit(MOST_DEVICES)
                .map(Fits::describe)
                .collect(Collectors.joining(", "));
        return gpus.isEmpty() ? host : gpus + ", " + host;
    }

    private static String describe(DevicePlanReport device) {
        String name = Text.line(device.name(), 32);
        if (name.equals("disk")) {
            return ByteSize.format(device.weights()) + " on disk";
        }
        return ByteSize.format(device.total()) + " of " + ByteSize.format(device.budget()) + " on " + name;
    }
}
