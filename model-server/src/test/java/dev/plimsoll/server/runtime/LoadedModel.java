package dev.plimsoll.server.runtime;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.loading.Loader;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.HostNeeds;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.placement.Planner;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A checkpoint that was planned, loaded and bound as the server does it. */
record LoadedModel(PlacementPlan plan, Map<DeviceId, Device> devices, TorchModel model) implements AutoCloseable {
    static final Torch TORCH = Torch.load();

    static LoadedModel onHost(Path folder, Dtype dtype) {
        return load(folder, dtype, PlacementPolicy.HostOnly, List.of());
    }

    static LoadedModel onEmulatedGpus(Path folder, Dtype dtype, int count, long bytesOfEach) {
        return load(
                folder,
                dtype,
                PlacementPolicy.GpuOnly,
                IntStream.range(0, count).mapToObj(i -> bytesOfEach).toList());
    }

    private static LoadedModel load(Path folder, Dtype dtype, PlacementPolicy policy, List<Long> emulated) {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            Architecture architecture = ModelFamilies.describe(checkpoint);
            List<PlanRequest.Gpu> gpus = IntStream.range(0, emulated.size())
                    .mapToObj(
                            i -> new PlanRequest.Gpu(DeviceId.gpu(i), true, emulated.get(i), emulated.get(i), 0, false))
                    .toList();
            PlacementPlan plan = (PlacementPlan) new Planner(HostNeeds.MEASURED)
                    .plan(new PlanRequest(architecture, dtype, Placement.of(policy), gpus, 8L << 30, 4, 256));
            Map<DeviceId, Device> devices = new LinkedHashMap<>();
            new Devices(emulated).open(TORCH, 8L << 30).forEach(device -> devices.put(device.id(), device));
            ModelTensors tensors = new ModelTensors(checkpoint, architecture, plan, devices);
            new Loader(checkpoint.source(), devices, new Staging(2, 2, 4096), progress -> {}).load(tensors.targets());
            return new LoadedModel(plan, devices, new TorchModel(TORCH, architecture, plan, tensors));
        }
    }

    @Override
    public void close() {
        model.close();
        devices.values().forEach(Device::close);
    }
}
