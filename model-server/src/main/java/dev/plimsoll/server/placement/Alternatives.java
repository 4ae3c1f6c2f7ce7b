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

    /** The smallest ceiling that suffices, with everything else as it is. */
    private void addBudget(Reason reason, List<String> fitting) {
        if (reason == Reason.GpuBudgetTooSmall) {
            String gpu = smallest(this::withGpuBudget);
            if (gpu != null) {
                fitting.add("memory.gpu " + gpu);
                return;
            }
        }
        String host = smallest(this::withHostBudget);
        if (host != null) {
            fitting.add("memory.host " + host);
            return;
        }
        for (long gpu = GRAIN; reason == Reason.GpuBudgetTooSmall && gpu < 1L << 50; gpu *= 2) {
            PlanRequest roomy = withGpuBudget(gpu, with(1L << 50, refused));
            if (fits(roomy)) {
                fitting.add("memory.gpu and memory.host both raised: memory.gpu "
                        + smallest(bytes -> withGpuBudget(bytes, with(1L << 50, refused))));
                return;
            }
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
        long high = 1L << 50;
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

    private PlanRequest withGpuBudget(long bytes) {
        return withGpuBudget(bytes, refused);
    }

    private static PlanRequest withGpuBudget(long bytes, PlanRequest request) {
        List<PlanRequest.Gpu> gpus = request.gpus().stream()
                .map(gpu -> new PlanRequest.Gpu(gpu.id(), gpu.emulated(), bytes, gpu.contextBytes()))
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

    private PlanRequest withHostBudget(long bytes) {
        return with(bytes, refused);
    }

    private static PlanRequest with(long hostBytes, PlanRequest request) {
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
