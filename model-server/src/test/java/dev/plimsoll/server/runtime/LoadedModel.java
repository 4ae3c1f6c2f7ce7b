package dev.plimsoll.server.runtime;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.loading.Loader;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.HostNeeds;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.placement.Planner;
import dev.plimsoll.server.runtime.SequenceModel.Output;
import dev.plimsoll.server.runtime.SequenceModel.Run;
import dev.plimsoll.server.runtime.SequenceModel.Wanted;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A checkpoint that was planned, loaded and bound as the server does it. */
record LoadedModel(
        Checkpoint checkpoint,
        PlacementPlan plan,
        Map<DeviceId, Device> devices,
        ModelTensors tensors,
        TorchModel model)
        implements AutoCloseable {
    static final Torch TORCH = Torch.load();

    static LoadedModel onHost(Path folder, Dtype dtype) {
        return placed(folder, dtype, Placement.of(PlacementPolicy.HostOnly), 0, 0);
    }

    /** On one device, where its parts will be run, too: bits can be compared. */
    static LoadedModel whole(Path folder, Dtype dtype) {
        return TestGpus.AVAILABLE ? onEmulatedGpus(folder, dtype, 1, 8L << 30) : onHost(folder, dtype);
    }

    static LoadedModel onEmulatedGpus(Path folder, Dtype dtype, int count, long bytesOfEach) {
        return placed(folder, dtype, Placement.of(PlacementPolicy.GpuOnly), count, bytesOfEach);
    }

    static LoadedModel placed(Path folder, Dtype dtype, Placement placement, int gpuCount, long bytesOfEach) {
        return load(folder, dtype, placement, gpuCount, bytesOfEach, null);
    }

    /** In Float32 on one GPU of 5 MiB, what lives on disk cast to a copy. */
    static LoadedModel withCastCopy(Path folder, Placement placement, Path scratch) {
        return load(folder, Dtype.Float32, placement, 1, 5L << 20, scratch);
    }

    private static LoadedModel load(
            Path folder, Dtype dtype, Placement placement, int gpuCount, long bytesOfEach, @Nullable Path scratch) {
        Checkpoint stored = CheckpointReader.open(folder);
        Architecture architecture = ModelFamilies.describe(stored);
        List<PlanRequest.Gpu> gpus = IntStream.range(0, gpuCount)
                .mapToObj(i -> new PlanRequest.Gpu(DeviceId.gpu(i), true, bytesOfEach, bytesOfEach, 0, false))
                .toList();
        int tokens = Math.min(256, architecture.shape().maxPositions());
        PlacementPlan plan = (PlacementPlan) new Planner(new HostNeeds(HostNeeds.ENGINE_BYTES, 16 << 20))
                .plan(new PlanRequest(architecture, dtype, placement, gpus, 8L << 30, 4, tokens));
        Map<DeviceId, Device> devices = new LinkedHashMap<>();
        (TestGpus.AVAILABLE
                        ? TestGpus.open(TORCH, plan, gpuCount)
                        : Devices.emulated(gpuCount, bytesOfEach).open(() -> TORCH, plan))
                .forEach(device -> devices.put(device.id(), device));
        Staging staging = new Staging(2, 2, 8192);
        Checkpoint checkpoint = stored;
        if (scratch != null) {
            try (Copier copier =
                    Objects.requireNonNull(devices.get(DeviceId.HOST)).copier(1, staging.bufferBytes())) {
                checkpoint = CastCopy.of(TORCH, copier, stored, architecture, plan, scratch, 1L << 30);
            }
        }
        ModelTensors tensors = new ModelTensors(checkpoint, architecture, plan, devices);
        new Loader(checkpoint.source(), devices, staging, progress -> {}).load(tensors.targets());
        TorchModel model = new TorchModel(TORCH, architecture, plan, tensors, checkpoint.source(), staging);
        return new LoadedModel(checkpoint, plan, devices, tensors, model);
    }

    /** The values of each run. */
    float[][] step(List<Run> runs) {
        return model.step(runs).stream().map(Output::values).toArray(float[][]::new);
    }

    /** One that wants all values. */
    static Run run(int slot, int position, int... tokens) {
        return new Run(slot, position, tokens, Wanted.VALUES);
    }

    @Override
    public void close() {
        model.close();
        devices.values().forEach(Device::close);
        checkpoint.close();
    }
}
