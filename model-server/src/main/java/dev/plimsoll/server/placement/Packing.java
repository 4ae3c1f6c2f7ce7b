package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Failure.Deficit;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.HostPlan;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts the units of a model on the devices that its policy allows, in order, and holds the result against budgets. */
final class Packing {
    private final PlanRequest request;
    private final Demand demand;
    private final HostNeeds hostNeeds;
    private final int sequenceTokens;
    private final int chunkTokens;

    Packing(PlanRequest request, Demand demand, HostNeeds hostNeeds, int sequenceTokens, int chunkTokens) {
        this.request = request;
        this.demand = demand;
        this.hostNeeds = hostNeeds;
        this.sequenceTokens = sequenceTokens;
        this.chunkTokens = chunkTokens;
    }

    PlanOutcome solve() {
        List<Bin> bins =
                switch (request.policy()) {
                    case HostOnly -> onHost();
                    case GpuOnly -> acrossGpus();
                    case Auto, Balanced, BalancedLow0, Sequential, Custom ->
                        throw new IllegalArgumentException("policy " + request.policy() + " is not planned here");
                };
        List<Bin> over = bins.stream()
                .filter(bin -> !bin.id.equals(DeviceId.HOST) && bin.isOver())
                .toList();
        if (!over.isEmpty()) {
            return refusal(over.getFirst());
        }
        HostPlan host = host(bins);
        return host.total() > host.budgetBytes() ? hostRefusal(host) : plan(bins, host);
    }

    private List<Bin> onHost() {
        Bin bin = new Bin(DeviceId.HOST, false, request.hostBudgetBytes(), 0, demand.workspace());
        demand.units().forEach(bin::add);
        return List.of(bin);
    }

    /** The contiguous split whose fullest GPU is least full; overfull on the last GPU when there is none. */
    private List<Bin> acrossGpus() {
        long low = 0;
        long high = request.gpus().stream()
                .mapToLong(PlanRequest.Gpu::budgetBytes)
                .max()
                .orElseThrow();
        List<Bin> best = fill(high);
        if (best.stream().anyMatch(Bin::isOver)) {
            return best;
        }
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            List<Bin> bins = fill(middle);
            if (bins.stream().noneMatch(bin -> bin.total() > middle || bin.isOver())) {
                best = bins;
                high = middle;
            } else {
                low = middle;
            }
        }
        return best;
    }

    private List<Bin> fill(long cap) {
        List<Bin> bins = new ArrayList<>();
        int next = 0;
        for (PlanRequest.Gpu gpu : request.gpus()) {
            boolean last = gpu.equals(request.gpus().getLast());
            Bin bin = new Bin(gpu.id(), gpu.emulated(), gpu.budgetBytes(), gpu.contextBytes(), demand.workspace());
            while (next < demand.units().size()
                    && (last || bin.with(demand.units().get(next)) <= Math.min(cap, gpu.budgetBytes()))) {
                bin.add(demand.units().get(next++));
            }
            if (!bin.units.isEmpty()) {
                bins.add(bin);
            }
        }
        return bins;
    }

    private HostPlan host(List<Bin> bins) {
        long tensors = 0;
        long emulated = 0;
        for (Bin bin : bins) {
            if (bin.id.equals(DeviceId.HOST)) {
                tensors += bin.total();
            } else if (bin.emulated) {
                emulated += bin.total();
            }
        }
        return new HostPlan(
                request.hostBudgetBytes(), hostNeeds.engineBytes(), hostNeeds.stagingBytes(), tensors, emulated);
    }

    private PlacementPlan plan(List<Bin> bins, HostPlan host) {
        SequencedMap<String, Placed> modules = new LinkedHashMap<>();
        bins.forEach(bin -> bin.units.forEach(unit -> modules.put(unit.module(), new Placed(bin.id, unit.weights()))));
        return new PlacementPlan(
                request.dtype(),
                request.maxSequences(),
                sequenceTokens,
                chunkTokens,
                modules,
                bins.stream().map(Bin::plan).toList(),
                host);
    }

    private Refusal refusal(Bin bin) {
        DevicePlan needs = bin.plan();
        Deficit deficit = new Deficit(
                bin.id.toString(),
                needs.total(),
                bin.budget,
                needs.weights(),
                needs.kvCache(),
                needs.workspace(),
                needs.context());
        String message = bin.id + " needs " + ByteSize.format(needs.total()) + " and may use "
                + ByteSize.format(bin.budget) + ": " + ByteSize.format(deficit.missing()) + " short (weights "
                + ByteSize.format(needs.weights()) + ", KV cache " + ByteSize.format(needs.kvCache()) + " for "
                + request.maxSequences() + " x " + sequenceTokens + " tokens, workspace "
                + ByteSize.format(needs.workspace()) + ", context " + ByteSize.format(needs.context()) + ").";
        return new Refusal(new Failure(Reason.GpuBudgetTooSmall, message, List.of(deficit), List.of()));
    }

    private Refusal hostRefusal(HostPlan host) {
        long weights = Bin.weights(demand.units());
        long kvCache = Bin.kvCache(demand.units());
        boolean onHost = host.tensors() > 0;
        Deficit deficit = new Deficit(
                "host",
                host.total(),
                host.budgetBytes(),
                onHost ? weights : 0,
                onHost ? kvCache : 0,
                onHost ? demand.workspace() : 0,
                host.engine() + host.staging() + host.emulated());
        String placed = onHost
                ? "weights " + ByteSize.format(weights) + ", KV cache " + ByteSize.format(kvCache) + " for "
                        + request.maxSequences() + " x " + sequenceTokens + " tokens, workspace "
                        + ByteSize.format(demand.workspace()) + ", "
                : "";
        String emulated = host.emulated() > 0 ? ", emulated GPUs " + ByteSize.format(host.emulated()) : "";
        String message = "the host needs " + ByteSize.format(host.total()) + " and may use "
                + ByteSize.format(host.budgetBytes()) + ": " + ByteSize.format(deficit.missing()) + " short (" + placed
                + "engine " + ByteSize.format(host.engine()) + ", staging " + ByteSize.format(host.staging())
                + emulated + ").";
        return new Refusal(new Failure(Reason.HostBudgetTooSmall, message, List.of(deficit), List.of()));
    }

    /** A device while it is being filled. */
    private static final class Bin {
        private final DeviceId id;
        private final boolean emulated;
        private final long budget;
        private final long context;
        private final long workspace;
        private final List<Demand.Unit> units = new ArrayList<>();

        Bin(DeviceId id, boolean emulated, long budget, long context, long workspace) {
            this.id = id;
            this.emulated = emulated;
            this.budget = budget;
            this.context = context;
            this.workspace = workspace;
        }

        void add(Demand.Unit unit) {
            units.add(unit);
        }

        long with(Demand.Unit unit) {
            List<Demand.Unit> more = new ArrayList<>(units);
            more.add(unit);
            return weights(more) + kvCache(more) + workspace + context;
        }

        long total() {
            return weights(units) + kvCache(units) + workspace + context;
        }

        boolean isOver() {
            return total() > budget;
        }

        DevicePlan plan() {
            return new DevicePlan(id, budget, weights(units), kvCache(units), workspace, context);
        }

        private static long kvCache(List<Demand.Unit> units) {
            return units.stream().mapToLong(Demand.Unit::kvCache).sum();
        }

        /** Tied parameters whose owner is on another device take their bytes once more here. */
        private static long weights(List<Demand.Unit> units) {
            Set<String> here = units.stream().map(Demand.Unit::module).collect(Collectors.toSet());
            long bytes = 0;
            for (Demand.Unit unit : units) {
                Demand.Tie tie = unit.tie();
                bytes += unit.weights() + (tie == null || here.contains(tie.owner()) ? 0 : tie.bytes());
            }
            return bytes;
        }
    }
}
