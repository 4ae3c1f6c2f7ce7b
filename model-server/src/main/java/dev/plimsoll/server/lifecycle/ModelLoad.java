package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.EngineReport;
import dev.plimsoll.server.Background;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.lifecycle.StartUp.Part;
import dev.plimsoll.server.loading.Loader;
import dev.plimsoll.server.loading.Progress;
import dev.plimsoll.server.memory.HostMemory;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.copying.CastCopy;
import dev.plimsoll.server.runtime.execution.Engines;
import dev.plimsoll.server.runtime.execution.ModelTensors;
import dev.plimsoll.server.runtime.torch.Torch;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * From a plan to a model that answers: open devices, allocate, load, warm up. What it has made so far
 * can be read meanwhile, for any thread.
 */
final class ModelLoad {
    private static final Logger LOG = Logger.getLogger(ModelLoad.class);

    private final PlannedModel planned;
    private final PlacementPlan plan;
    private final StartUp startUp;
    private final ProgressLog log;
    private final EngineStart engine;
    private final Runnable awaitTexts;

    private volatile @Nullable Progress progress;
    private volatile Map<DeviceId, Device> devices = Map.of();
    private volatile @Nullable Long engineBytes;
    private volatile @Nullable ModelTensors tensors;
    private volatile @Nullable EngineReport engineReport;

    /**
     * Begins to load the engine.
     *
     * @param awaitTexts waits for what else takes memory of the host before it is measured
     */
    ModelLoad(PlannedModel planned, StartUp startUp, Runnable awaitTexts) {
        this.planned = planned;
        this.plan = planned.plan();
        this.startUp = startUp;
        this.awaitTexts = awaitTexts;
        // Before the engine: to look for a terminal, Java needs the dynamic linker, which the engine then keeps busy.
        this.log = new ProgressLog(now -> progress = now);
        this.engine = EngineStart.begin(startUp);
    }

    /**
     * Does the rest on the calling thread, which then owns the engine.
     *
     * @param onLoaded run when every weight is in its place, on another thread
     * @return what holds the whole model and has run its largest steps
     * @throws dev.plimsoll.server.PlimsollException what went wrong
     */
    StartingEngine run(Runnable onLoaded) {
        progress = Progress.NONE;
        devices = startUp.time(Part.DEVICES, this::open);
        WarmUp warmUp = new WarmUp(plan, devices);
        boolean ahead = !warmUp.needsWeights();
        Loading loading = ahead ? begin(planned.checkpoint(), onLoaded) : null;
        Torch torch = engine.await();
        startUp.time(Part.DEVICES, planned.gpus()::compute);
        awaitTexts.run();
        engineBytes = HostMemory.read()
                .map(memory ->
                        memory.promised() - HostMemory.heap() - planned.gpus().stagingBytes())
                .orElse(null);
        if (loading == null) {
            loading = begin(withCastCopy(torch), onLoaded);
            end(loading);
        }
        Engines.Chosen chosen = Engines.bind(
                torch, planned.architecture(), plan, loading.tensors, loading.checkpoint.source(), planned.staging());
        engineReport = chosen.report();
        StartingEngine model = chosen.engine();
        startUp.time(Part.WARM_UP, () -> warmUp.run(model));
        if (ahead) {
            end(loading);
        }
        if (!plan.readsWhileServing()) {
            loading.checkpoint.close();
        }
        tensors = loading.tensors;
        return model;
    }

    private Map<DeviceId, Device> open() {
        Map<DeviceId, Device> opened = new LinkedHashMap<>();
        planned.gpus().open(engine::await, plan).forEach(device -> opened.put(device.id(), device));
        return opened;
    }

    /**
     * A load under way.
     *
     * @param checkpoint what is read
     * @param tensors what is filled
     */
    private record Loading(Checkpoint checkpoint, ModelTensors tensors, Background<Progress> work) {}

    /** Makes the tensors, and begins to fill them. On GPUs neither needs libtorch, but for casts. */
    private Loading begin(Checkpoint checkpoint, Runnable onLoaded) {
        ModelTensors made = new ModelTensors(checkpoint, planned.architecture(), plan, devices);
        return new Loading(checkpoint, made, Background.start(planned.gpus().loaders(), () -> {
            if (made.needCast()) {
                engine.await();
            }
            return load(checkpoint, made, onLoaded);
        }));
    }

    private void end(Loading loading) {
        loading.work.await();
        planned.gpus().loaded();
    }

    /** Weights that live on disk in another type are cast once, where {@code memory.disk} allows a copy. */
    private Checkpoint withCastCopy(Torch torch) {
        Checkpoint checkpoint = planned.checkpoint();
        Path scratch = planned.settings().scratch();
        Quantity disk = planned.settings().spec().memory().disk();
        if (scratch == null || disk == null || !plan.readsWhileServing()) {
            return checkpoint;
        }
        long start = System.nanoTime();
        Checkpoint copied;
        try (Copier copier = Objects.requireNonNull(devices.get(DeviceId.HOST))
                .copier(1, planned.staging().bufferBytes())) {
            copied =
                    CastCopy.of(torch, copier, checkpoint, planned.architecture(), plan, scratch, ByteSize.bytes(disk));
        }
        LOG.infof(
                "weights on disk are read from %s (%.2f s)",
                copied.equals(checkpoint) ? "the checkpoint as they are" : "a cast copy in " + scratch,
                (System.nanoTime() - start) / 1e9);
        return copied;
    }

    private Progress load(Checkpoint checkpoint, ModelTensors made, Runnable onLoaded) {
        Loader loader = new Loader(
                checkpoint.source(),
                devices,
                planned.staging(),
                log,
                planned.gpus().loaders());
        Progress done = loader.load(made.targets());
        onLoaded.run();
        startUp.took(Objects.requireNonNull(done.times()));
        LOG.infof(
                "loaded %s in %.2f s (%s/s) with %d readers: %s",
                ByteSize.format(done.bytesTotal()),
                done.seconds(),
                ByteSize.format((long) done.bytesPerSecond()),
                planned.staging().readers(),
                done.times());
        return done;
    }

    /** How far the load is; null before it begins. */
    @Nullable
    Progress progress() {
        return progress;
    }

    /** Those that are open. */
    Map<DeviceId, Device> devices() {
        return devices;
    }

    /** The tensors once they hold the whole model. */
    @Nullable
    ModelTensors tensors() {
        return tensors;
    }

    /** What runs the steps; null before it is chosen. */
    @Nullable
    EngineReport engine() {
        return engineReport;
    }

    /** Host memory of JVM and engine without the heap; null before the engine is loaded. */
    @Nullable
    Long engineBytes() {
        return engineBytes;
    }

    /** Buffers of the load until they are given back, and of streams afterwards. */
    long stagingBytes() {
        Progress now = progress;
        if (now == null || now.times() == null || planned.gpus().stagingBytes() > 0) {
            return planned.staging().bytes();
        }
        long streams = plan.modules().values().stream()
                .filter(PlacementPlan.Placed::isStreamed)
                .map(PlacementPlan.Placed::runner)
                .distinct()
                .count();
        return streams * planned.staging().buffers() * planned.staging().bufferBytes();
    }

    /** Tensors in host memory: the host's own, and those of emulated GPUs. */
    long hostTensorBytes() {
        return devices.values().stream()
                .filter(device -> !device.kind().equals(DeviceReport.Kind.Cuda))
                .map(Device::usage)
                .mapToLong(usage -> usage.weights().orElse(0) + usage.kvCache().orElse(0))
                .sum();
    }
}
