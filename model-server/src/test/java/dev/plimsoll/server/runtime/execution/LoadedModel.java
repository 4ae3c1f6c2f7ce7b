package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.loading.Loader;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.HostNeeds;
import dev.plimsoll.server.placement.KernelMemory;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.placement.Planner;
import dev.plimsoll.server.runtime.copying.CastCopy;
import dev.plimsoll.server.runtime.devices.TestGpus;
import dev.plimsoll.server.runtime.torch.TestTorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
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
        TorchEngine engine,
        Map<Integer, BlockTable> tables)
        implements AutoCloseable {
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
        PlacementPlan plan =
                (PlacementPlan) new Planner(new HostNeeds(HostNeeds.ENGINE_BYTES, 16 << 20), KernelMemory.NONE)
                        .plan(new PlanRequest(architecture, dtype, placement, gpus, 8L << 30, 4, tokens));
        Map<DeviceId, Device> devices = new LinkedHashMap<>();
        TestGpus.openOrEmulate(plan, gpuCount, bytesOfEach).forEach(device -> devices.put(device.id(), device));
        Staging staging = new Staging(2, 2, 8192);
        Checkpoint checkpoint = stored;
        if (scratch != null) {
            try (Copier copier =
                    Objects.requireNonNull(devices.get(DeviceId.HOST)).copier(1, staging.bufferBytes())) {
                checkpoint = CastCopy.of(TestTorch.LOADED, copier, stored, architecture, plan, scratch, 1L << 30);
            }
        }
        ModelTensors tensors = new ModelTensors(checkpoint, architecture, plan, devices);
        new Loader(checkpoint.source(), devices, staging, progress -> {}).load(tensors.targets());
        TorchEngine engine =
                new TorchEngine(TestTorch.LOADED, architecture, plan, tensors, checkpoint.source(), staging);
        return new LoadedModel(checkpoint, plan, devices, tensors, engine, new HashMap<>());
    }

    /**
     * Consecutive tokens of one sequence.
     *
     * @param slot which sequence
     * @param position of the first token; 0 begins anew
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Run(int slot, int position, int[] tokens) {}

    static Run run(int slot, int position, int... tokens) {
        return new Run(slot, position, tokens);
    }

    /** One step: the logits, or the vector, of each run's last token. Single tokens behind others are decode rows. */
    float[][] step(List<Run> runs) {
        StepInput input = new StepInput(engine.limits());
        List<Run> order = runs.stream()
                .sorted(Comparator.comparing(run -> decodes(run) ? 0 : 1))
                .toList();
        order.forEach(run -> add(input, run));
        float[][] results = new float[runs.size()][];
        try (PtNDManager step = (PtNDManager) TestTorch.LOADED.manager().newSubManager()) {
            PtNDArray values = engine.results(input, step);
            float[] flat = values.toFloatArray();
            int width = flat.length / runs.size();
            for (int i = 0; i < order.size(); i++) {
                results[runs.indexOf(order.get(i))] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
            }
        }
        return results;
    }

    /** One step of one sequence: the token that the engine chooses. */
    int token(Run run) {
        StepInput input = new StepInput(engine.limits());
        add(input, run);
        StepOutput output = new StepOutput(engine.limits());
        engine.step(input, output);
        return output.ids[0];
    }

    private boolean decodes(Run run) {
        return run.tokens().length == 1 && !engine.limits().encodes();
    }

    private void add(StepInput input, Run run) {
        int end = run.position() + run.tokens().length;
        BlockTable table = tables.computeIfAbsent(run.slot(), slot -> new BlockTable());
        if (run.position() == 0) {
            engine.cache().release(table);
        }
        assertThat(engine.limits().encodes() || engine.cache().extend(table, end))
                .isTrue();
        if (decodes(run)) {
            input.decode(run.tokens()[0], run.position(), table, SamplingParameters.greedy(), end);
        } else {
            int[] ids = new int[end];
            System.arraycopy(run.tokens(), 0, ids, run.position(), run.tokens().length);
            input.prompt(ids, run.position(), end, table, true, SamplingParameters.greedy(), end);
        }
    }

    @Override
    public void close() {
        engine.close();
        devices.values().forEach(Device::close);
        checkpoint.close();
    }
}
