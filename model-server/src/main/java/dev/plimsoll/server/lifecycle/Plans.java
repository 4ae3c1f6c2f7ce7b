package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.HostNeeds;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanOutcome;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.placement.Planner;
import dev.plimsoll.server.placement.Refusal;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** From a spec and a checkpoint's headers to a plan. */
public final class Plans {
    private Plans() {}

    /**
     * Everything that a plan depends on.
     *
     * @param gpuBytes bytes of each GPU that the process may use
     * @param emulated whether those GPUs are emulated
     * @param hostLimit never more than this, whatever the spec says
     */
    public static PlanRequest request(
            ModelDeploymentSpec spec, Checkpoint checkpoint, List<Long> gpuBytes, boolean emulated, long hostLimit) {
        Architecture architecture = ModelFamilies.describe(checkpoint);
        List<PlanRequest.Gpu> gpus = IntStream.range(0, gpuBytes.size())
                .mapToObj(i -> gpu(spec.memory(), i, gpuBytes.get(i), emulated))
                .toList();
        return new PlanRequest(
                architecture,
                resolve(spec.dtype(), checkpoint),
                spec.placement(),
                gpus,
                Math.min(ByteSize.bytes(spec.memory().host()), hostLimit),
                spec.serving().maxSequences(),
                spec.serving().maxSequenceTokens());
    }

    /** A GPU under its own ceiling, or under that of every GPU. */
    private static PlanRequest.Gpu gpu(Memory memory, int index, long bytes, boolean emulated) {
        Quantity own = Optional.ofNullable(memory.perGpu()).orElse(List.of()).stream()
                .filter(limit -> limit.index() == index)
                .map(GpuLimit::limit)
                .findFirst()
                .orElse(null);
        Quantity ceiling = own == null ? memory.gpu() : own;
        long budget = ceiling == null ? bytes : Math.min(bytes, ByteSize.bytes(ceiling));
        return new PlanRequest.Gpu(DeviceId.gpu(index), emulated, budget, bytes, 0, own != null);
    }

    /**
     * The plan.
     *
     * @throws PlimsollException the refusal, when there is none
     */
    public static PlacementPlan require(PlanRequest request) {
        PlanOutcome outcome = new Planner(HostNeeds.MEASURED).plan(request);
        return switch (outcome) {
            case PlacementPlan plan -> plan;
            case Refusal(var failure) -> throw new PlimsollException(failure);
        };
    }

    /** {@code Auto} is the type that most of the checkpoint's bytes have; float64 is served as float32. */
    public static Dtype resolve(Dtype asked, Checkpoint checkpoint) {
        return asked == Dtype.Auto ? stored(checkpoint) : asked;
    }

    /** The type that most of the checkpoint's bytes have. */
    public static Dtype stored(Checkpoint checkpoint) {
        Map<StoredDtype, Long> bytes = checkpoint.tensors().values().stream()
                .collect(Collectors.groupingBy(StoredTensor::dtype, Collectors.summingLong(StoredTensor::bytes)));
        StoredDtype most = bytes.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse(StoredDtype.F32);
        return switch (most) {
            case F16 -> Dtype.Float16;
            case BF16 -> Dtype.BFloat16;
            default -> Dtype.Float32;
        };
    }
}
