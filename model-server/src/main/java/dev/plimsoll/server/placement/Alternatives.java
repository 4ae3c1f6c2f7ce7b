package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What a refused request could change to fit; each suggestion was planned, and fits. */
final class Alternatives {
    private static final long GRAIN = 32L << 20;
    private static final long MAX_BYTES = PlanRequest.UNLIMITED;

    private final Planner planner;
    private final PlanRequest refused;
    private final Sizes sizes;

    Alternatives(Planner planner, PlanRequest refused, Sizes sizes) {
        this.planner = planner;
        this.refused = refused;
        this.sizes = sizes;
    }

    Failure describe(Failure failure) {
        List<String> fitting = new ArrayList<>();
        addBudget(failure.reason(), fitting);
        addSequenceTokens(fitting);
        addDtypes(fitting);
        addAuto(fitting);
        addHostOnly(fitting);
        String advice = fitting.isEmpty()
                ? " Nothing that can be changed here makes it fit: use more or larger devices, or a smaller model."
                : " Would fit: " + String.join("; or ", fitting) + ".";
        return new Failure(failure.reason(), failure.message() + advice, failure.deficits(), fitting);
    }

    /** The smallest ceiling that suffices, with everything else as it is; both ceilings when it takes both. */
    private void addBudget(Reason reason, List<String> fitting) {
        boolean gpuIsShort = reason.equals(Reason.GpuBudgetTooSmall);
        String gpu = gpuIsShort ? smallest(bytes -> withGpuBudget(bytes, refused)) : null;
        String host = gpuIsShort ? null : smallest(refused::withHostBudget);
        if (gpu != null) {
            fitting.add("memory.gpu " + gpu);
        } else if (host != null) {
            fitting.add("memory.host " + host);
        } else if (gpuIsShort) {
            addBothBudgets(fitting);
        }
    }

    private void addBothBudgets(List<String> fitting) {
        String gpu = smallest(bytes -> withGpuBudget(bytes, refused.withHostBudget(MAX_BYTES)));
        if (gpu == null) {
            return;
        }
        PlanRequest raised = withGpuBudget(ByteSize.bytes(new Quantity(gpu)), refused);
        String host = smallest(raised::withHostBudget);
        if (host != null) {
            fitting.add("memory.gpu " + gpu + " with memory.host " + host);
        }
    }

    private void addSequenceTokens(List<String> fitting) {
        int low = 0;
        int high = refused.architecture().shape().maxPositions();
        if (refused.maxSequenceTokens() != null) {
            high = Math.min(high, refused.maxSequenceTokens());
        }
        while (high - low > 1) {
            int middle = low + (high - low) / 2;
            if (fits(refused.withTokens(middle))) {
                low = middle;
            } else {
                high = middle;
            }
        }
        int readable = low >= 64 ? low - low % 64 : low;
        if (readable > 0 && fits(refused.withTokens(readable))) {
            fitting.add("serving.maxSequenceTokens " + readable);
        }
    }

    private void addDtypes(List<String> fitting) {
        for (Dtype dtype : List.of(Dtype.BFloat16, Dtype.Float16)) {
            if (!dtype.equals(refused.dtype()) && fits(refused.withDtype(dtype))) {
                fitting.add("dtype " + dtype);
            }
        }
    }

    private void addAuto(List<String> fitting) {
        Placement auto = Placement.of(PlacementPolicy.Auto);
        if (!refused.policy().equals(PlacementPolicy.Auto)
                && !refused.gpus().isEmpty()
                && planner.attempt(refused.withPlacement(auto), sizes) instanceof PlacementPlan plan) {
            long layers = sizes.units().stream().filter(this::isLayer).count();
            long onGpus = sizes.units().stream()
                    .filter(this::isLayer)
                    .map(unit -> plan.modules().get(unit.module()))
                    .filter(placed -> placed != null && placed.device().isGpu())
                    .count();
            fitting.add("placement.policy Auto (" + onGpus + " of " + layers + " layers on GPU)");
        }
    }

    private boolean isLayer(Sizes.Unit unit) {
        return unit.kind() == Kind.LAYER;
    }

    private void addHostOnly(List<String> fitting) {
        if (!refused.policy().equals(PlacementPolicy.HostOnly)
                && fits(refused.withPlacement(Placement.of(PlacementPolicy.HostOnly)))) {
            fitting.add("placement.policy HostOnly");
        }
    }

    /** The smallest ceiling that fits, as a quantity that people can read. */
    private @Nullable String smallest(LongFunction<PlanRequest> withBudget) {
        long high = GRAIN;
        while (high < MAX_BYTES && !fits(withBudget.apply(high))) {
            high *= 2;
        }
        long low = high / 2;
        while (high - low > GRAIN) {
            long middle = (low + high) / 2 / GRAIN * GRAIN;
            if (fits(withBudget.apply(middle))) {
                high = middle;
            } else {
                low = middle;
            }
        }
        String text = ByteSize.formatUp(high);
        return fits(withBudget.apply(ByteSize.bytes(new Quantity(text)))) ? text : null;
    }

    private boolean fits(PlanRequest request) {
        return planner.attempt(request, sizes) instanceof PlacementPlan;
    }

    private static PlanRequest withGpuBudget(long bytes, PlanRequest request) {
        return request.withGpus(gpu -> gpu.withCeiling(bytes));
    }
}
