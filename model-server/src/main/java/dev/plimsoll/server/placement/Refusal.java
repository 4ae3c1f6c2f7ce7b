package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Failure.Deficit;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.HostPlan;
import java.util.List;

/** No plan fits: the deficit in bytes by kind, and what would fit. */
public record Refusal(Failure failure) implements PlanOutcome {
    /** The first device that would have to hold more than it may: a GPU, else the host. */
    static Refusal of(Problem problem, Ledger ledger) {
        return ledger.overfullGpu().map(gpu -> ofGpu(problem, gpu)).orElseGet(() -> ofHost(problem, ledger));
    }

    private static Refusal ofGpu(Problem problem, DevicePlan gpu) {
        Deficit deficit = new Deficit(
                gpu.id().toString(),
                gpu.total(),
                gpu.budgetBytes(),
                gpu.weights(),
                gpu.kvCache(),
                gpu.workspace(),
                gpu.context());
        String kinds = byKind(problem, gpu) + ", context " + ByteSize.format(gpu.context());
        return refusal(Reason.GpuBudgetTooSmall, gpu.id().toString(), deficit, kinds);
    }

    private static Refusal ofHost(Problem problem, Ledger ledger) {
        HostPlan host = ledger.host();
        DevicePlan placed = ledger.devices().stream()
                .filter(device -> device.id().equals(DeviceId.HOST))
                .findFirst()
                .orElse(new DevicePlan(DeviceId.HOST, 0, 0, 0, 0, 0));
        Deficit deficit = new Deficit(
                "host",
                host.total(),
                host.budgetBytes(),
                placed.weights(),
                placed.kvCache(),
                placed.workspace(),
                host.total() - placed.total());
        String kinds = (placed.total() > 0 ? byKind(problem, placed) + ", " : "") + "engine "
                + ByteSize.format(host.engine()) + ", staging " + ByteSize.format(host.staging())
                + (host.emulated() > 0 ? ", emulated GPUs " + ByteSize.format(host.emulated()) : "");
        return refusal(Reason.HostBudgetTooSmall, "the host", deficit, kinds);
    }

    private static Refusal refusal(Reason reason, String device, Deficit deficit, String kinds) {
        String message = device + " needs " + ByteSize.format(deficit.needed()) + " and may use "
                + ByteSize.format(deficit.budget()) + ": " + ByteSize.format(deficit.missing()) + " short (" + kinds
                + ").";
        return new Refusal(new Failure(reason, message, List.of(deficit), List.of()));
    }

    /** What the KV cache is for. */
    private static String tokens(Problem problem) {
        int sequences = problem.request().maxSequences();
        int tokens = problem.sequenceTokens();
        boolean full = problem.cachePages() == CachePages.of(sequences, tokens);
        return full ? sequences + " x " + tokens : String.valueOf((long) problem.cachePages() * CachePages.TOKENS);
    }

    private static String byKind(Problem problem, DevicePlan device) {
        return "weights " + ByteSize.format(device.weights()) + ", KV cache " + ByteSize.format(device.kvCache())
                + " for " + tokens(problem) + " tokens, workspace " + ByteSize.format(device.workspace());
    }
}
