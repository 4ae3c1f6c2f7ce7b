package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.UnknownValues;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.HostNeeds;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanOutcome;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.placement.Planner;
import dev.plimsoll.server.placement.Refusal;
import dev.plimsoll.server.runtime.execution.Engines;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/** From a spec and a checkpoint's headers to a plan. */
public final class Plans {
    /**
     * Kept free on an emulated GPU: its workspace is measured as growth of the process, whose other threads grow, too.
     */
    private static final long EMULATED_CONTEXT_BYTES = 16L << 20;
    /**
     * What CUDA's context, libtorch's kernels, cuBLAS's workspace and the granules of libtorch's allocator take on a GPU
     * beside tensors and a step's transients: 518 MiB before the first step and 217 to 265 MiB more after it on an
     * H100.
     */
    public static final long CUDA_CONTEXT_BYTES = 784L << 20;
    /** Left to others where no ceiling is given. */
    private static final long HEADROOM_BYTES = 256L << 20;

    /** Counted where the node is not known: as many as the loader can use, so that no plan counts too little. */
    public static final int UNKNOWN_CORES = Staging.MOST_READERS;

    private Plans() {}

    /**
     * Everything that a plan depends on.
     *
     * @param gpuBytes bytes of each GPU that the process may use
     * @param emulated whether those GPUs are emulated
     * @param hostLimit never more than this, whatever the spec says
     * @throws PlimsollException when the spec holds a value that this version does not know
     */
    public static PlanRequest request(
            ModelDeploymentSpec spec, ModelFacts model, List<Long> gpuBytes, boolean emulated, long hostLimit) {
        UnknownValues.refuse(spec);
        List<PlanRequest.Gpu> gpus = IntStream.range(0, gpuBytes.size())
                .mapToObj(i -> gpu(spec.memory(), i, gpuBytes.get(i), emulated))
                .toList();
        return new PlanRequest(
                model.architecture(),
                resolve(spec.dtype(), model.stored()),
                spec.placement(),
                gpus,
                Math.min(ByteSize.bytes(spec.memory().host()), hostLimit),
                spec.serving().maxSequences(),
                spec.serving().maxSequenceTokens(),
                spec.serving().kvCache(),
                null);
    }

    /** The same request with weights limited as transformers' {@code max_memory} limits them. */
    public static PlanRequest limited(PlanRequest request, SequencedMap<DeviceId, Long> maxMemory) {
        return new PlanRequest(
                request.architecture(),
                request.dtype(),
                request.placement(),
                request.gpus(),
                request.hostBudgetBytes(),
                request.maxSequences(),
                request.maxSequenceTokens(),
                request.kvCache(),
                maxMemory);
    }

    /** A GPU under its own ceiling, or under that of every GPU. */
    private static PlanRequest.Gpu gpu(Memory memory, int index, long bytes, boolean emulated) {
        Quantity own = Optional.ofNullable(memory.perGpu()).orElse(List.of()).stream()
                .filter(limit -> limit.index() == index)
                .map(GpuLimit::limit)
                .findFirst()
                .orElse(null);
        Quantity ceiling = own == null ? memory.gpu() : own;
        long capacity = emulated || bytes == PlanRequest.UNLIMITED ? bytes : Math.max(0, bytes - HEADROOM_BYTES);
        long budget = ceiling == null ? capacity : Math.min(capacity, ByteSize.bytes(ceiling));
        long context = emulated ? EMULATED_CONTEXT_BYTES : CUDA_CONTEXT_BYTES;
        return new PlanRequest.Gpu(DeviceId.gpu(index), emulated, budget, capacity, context, own != null);
    }

    /**
     * The plan.
     *
     * @param cores that the process may use, or {@link #UNKNOWN_CORES}
     * @throws PlimsollException the refusal, when there is none
     */
    public static PlacementPlan require(PlanRequest request, int cores) {
        HostNeeds needs = new HostNeeds(
                engineBytes(request), room -> staging(request, cores, room).bytes());
        PlanOutcome outcome = new Planner(needs, Engines.kernelMemory()).plan(request);
        return switch (outcome) {
            case PlacementPlan plan -> plan;
            case Refusal(var failure) -> throw new PlimsollException(failure);
        };
    }

    /** The staging that the plan of this request counts. */
    static Staging staging(PlanRequest request, int cores) {
        return staging(request, cores, request.hostBudgetBytes() - engineBytes(request));
    }

    private static Staging staging(PlanRequest request, int cores, long roomBytes) {
        return runsOnCpu(request) ? Staging.FOR_CPU : Staging.forGpus(cores, roomBytes);
    }

    private static long engineBytes(PlanRequest request) {
        return runsOnCpu(request) ? HostNeeds.ENGINE_BYTES : HostNeeds.CUDA_ENGINE_BYTES;
    }

    private static boolean runsOnCpu(PlanRequest request) {
        return request.gpus().stream().allMatch(PlanRequest.Gpu::emulated);
    }

    /** {@code Auto} is the checkpoint's own type. */
    private static Dtype resolve(Dtype asked, Dtype stored) {
        return asked.equals(Dtype.Auto) ? stored : asked;
    }
}
