package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What a refused request could change to fit; each suggestion was planned, and fits. */
final class Alternatives {
    private static final long GRAIN = 32L << 20;
    private static final long MAX_BYTES = 1L << 50;

    private final Planner planner;
    private final PlanRequest refused;

    Alternatives(Planner planner, PlanRequest refused) {
        this.planner = planner;
        this.refused = refused;
    }

    Failure describe(Failure failure) {
        List<String> fitting = new ArrayList<>();
        addBudget(failure.reason(), fitting);
        addSequenceTokens(fitting);
        addDtypes(fitting);
        addHostOnly(fitting);
        String advice = fitting.isEmpty()
                ? " Nothing that can be changed here makes it fit: use more or larger devices, or a smaller model."
                : " Would fit: " + String.join("; or ", fitting) + ".";
        return new Failure(failure.reason(), failure.message() + advice, failure.deficits(), fitting);
    }

    /** The smallest ceiling that suffices, with everything else as it is; both ceilings when it takes both. */
    private void addBudget(Reason reason, List<String> fitting) {
        boolean gpuIsShort = reason == Reason.GpuBudgetTooSmall;
        String gpu = gpuIsShort ? smallest(bytes -> withGpuBudget(bytes, refused)) : null;
        String host = gpuIsShort ? null : smallest(bytes -> withHostBudget(bytes, refused));
        if (gpu != null) {
            fitting.add("memory.gpu " + gpu);
        } else if (host != null) {
            fitting.add("memory.host " + host);
        } else if (gpuIsShort) {
            addBothBudgets(fitting);
        }
    }

    private void addBothBudgets(List<String> fitting) {
        String gpu = smallest(bytes -> withGpuBudget(bytes, withHostBudget(MAX_BYTES, refused)));
        if (gpu == null) {
            return;
        }
        PlanRequest raised = withGpuBudget(ByteSize.bytes(new Quantity(gpu)), refused);
        String host = smallest(bytes -> withHostBudget(bytes, raised));
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
            if (fits(withTokens(middle))) {
                low = middle;
            } else {
                high = middle;
            }
        }
        int readable = low >= 64 ? low - low % 64 : low;
        if (readable > 0) {
            fitting.add("serving.maxSequenceTokens " + readable);
        }
    }

    private void addDtypes(List<String> fitting) {
        for (Dtype dtype : List.of(Dtype.BFloat16, Dtype.Float16)) {
            if (dtype != refused.dtype() && fits(withDtype(dtype))) {
                fitting.add("dtype " + dtype);
            }
        }
    }

    private void addHostOnly(List<String> fitting) {
        if (refused.policy() == PlacementPolicy.GpuOnly && fits(hostOnly())) {
            fitting.add("placement.policy HostOnly");
        }
    }

    private @Nullable String smallest(LongFunction<PlanRequest> withBudget) {
        long high = MAX_BYTES;
        if (!fits(withBudget.apply(high))) {
            return null;
        }
        long low = 0;
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (fits(withBudget.apply(middle))) {
                high = middle;
            } else {
                low = middle;
            }
        }
        long readable = (high + GRAIN - 1) / GRAIN * GRAIN;
        String text = ByteSize.formatUp(readable);
        return fits(withBudget.apply(ByteSize.bytes(new Quantity(text)))) ? text : Long.toString(high);
    }

    private boolean fits(PlanRequest request) {
        return planner.attempt(request) instanceof PlacementPlan;
    }

    private static PlanRequest withGpuBudget(long bytes, PlanRequest request) {
        List<PlanRequest.Gpu> gpus = request.gpus().stream()
                .map(gpu -> new PlanRequest.Gpu(
                        gpu.id(),
                        gpu.emulated(),
                        Math.min(bytes, gpu.capacityBytes()),
                        gpu.capacityBytes(),
                        gpu.contextBytes()))
                .toList();
        return new PlanRequest(
                request.architecture(),
                request.dtype(),
                request.policy(),
                gpus,
                request.hostBudgetBytes(),
                request.maxSequences(),
                request.maxSequenceTokens());
    }

    private static PlanRequest withHostBudget(long hostBytes, PlanRequest request) {
        return new PlanRequest(
                request.architecture(),
                request.dtype(),
                request.policy(),
                request.gpus(),
                hostBytes,
                request.maxSequences(),
                request.maxSequenceTokens());
    }

    private PlanRequest withTokens(int tokens) {
        return new PlanRequest(
                refused.architecture(),
                refused.dtype(),
                refused.policy(),
                refused.gpus(),
                refused.hostBudgetBytes(),
                refused.maxSequences(),
                tokens);
    }

    private PlanRequest withDtype(Dtype dtype) {
        return new PlanRequest(
                refused.architecture(),
                dtype,
                refused.policy(),
                refused.gpus(),
                refused.hostBudgetBytes(),
                refused.maxSequences(),
                refused.maxSequenceTokens());
    }

    private PlanRequest hostOnly() {
        return new PlanRequest(
                refused.architecture(),
                refused.dtype(),
                PlacementPolicy.HostOnly,
                List.of(),
                refused.hostBudgetBytes(),
                refused.maxSequences(),
                refused.maxSequenceTokens());
    }
}
