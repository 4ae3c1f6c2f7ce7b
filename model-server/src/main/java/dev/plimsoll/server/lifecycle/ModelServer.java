package dev.plimsoll.server.lifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.Background;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.lifecycle.StartUp.Part;
import dev.plimsoll.server.loading.Loader;
import dev.plimsoll.server.loading.Progress;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.memory.ContainerLimit;
import dev.plimsoll.server.memory.HostMemory;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.runtime.CastCopy;
import dev.plimsoll.server.runtime.Devices;
import dev.plimsoll.server.runtime.ModelTensors;
import dev.plimsoll.server.runtime.Torch;
import dev.plimsoll.server.runtime.TorchModel;
import dev.plimsoll.server.tokenization.ChatTemplate;
import dev.plimsoll.server.tokenization.Tokenizer;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One model, from its headers to its last answer: plan, open devices, allocate, load, warm up, serve, drain. A refusal
 * comes from {@link #plan} and has read no weight byte.
 */
public final class ModelServer {
    private static final Logger LOG = Logger.getLogger(ModelServer.class);
    private static final int MAX_WAITING = 256;
    private static final long DRAIN_SECONDS = 45;

    private final Settings settings;
    private final Checkpoint checkpoint;
    private final Architecture architecture;
    private final PlacementPlan plan;
    private final Staging staging;
    private final Devices gpus;
    private final StartUp startUp;
    private final EngineStart engine;
    private final @Nullable Tokenizer tokenizer;
    private final @Nullable ChatTemplate chatTemplate;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private volatile Phase phase = Phase.Starting;
    private volatile @Nullable Failure failure;
    private volatile @Nullable Progress progress;
    private volatile @Nullable Double startToReadySeconds;
    private volatile @Nullable ModelTensors tensors;
    private volatile @Nullable Long engineBytes;
    private volatile @Nullable Scheduler scheduler;
    private volatile Map<DeviceId, Device> devices = Map.of();

    private ModelServer(
            Settings settings,
            Checkpoint checkpoint,
            PlanRequest request,
            PlacementPlan plan,
            Staging staging,
            Devices gpus,
            StartUp startUp) {
        this.settings = settings;
        this.checkpoint = checkpoint;
        this.architecture = request.architecture();
        this.plan = plan;
        this.staging = staging;
        this.gpus = gpus;
        this.startUp = startUp;
        this.engine = EngineStart.begin(startUp);
        this.tokenizer = Tokenizer.open(settings.folder());
        this.chatTemplate = tokenizer == null ? null : ChatTemplate.open(settings.folder());
    }

    /**
     * Reads the headers and plans; begins to load the engine when the plan fits.
     *
     * @param startUp times the process from its first line
     * @throws PlimsollException when the checkpoint cannot be used, or the plan does not fit
     */
    public static ModelServer plan(Settings settings, StartUp startUp) {
        long start = System.nanoTime();
        Background<Devices> finding = Background.start("devices", () -> devices(settings));
        Checkpoint checkpoint = CheckpointReader.open(settings.folder(), settings.reads());
        try {
            ModelFacts facts = ModelFacts.of(checkpoint);
            Devices gpus = finding.await();
            PlanRequest request = Plans.request(
                    settings.spec(),
                    facts,
                    gpus.gpus().stream().map(Devices.Gpu::bytes).toList(),
                    gpus.gpus().stream().allMatch(Devices.Gpu::emulated),
                    ContainerLimit.read().orElse(Long.MAX_VALUE));
            int cores = Runtime.getRuntime().availableProcessors();
            PlacementPlan plan = Plans.require(request, cores);
            gpus.begin(plan);
            startUp.took(Part.PLAN, secondsSince(start));
            LOG.infof(
                    "planned %s: %s on %s, %s of %s on the host",
                    request.architecture().name(),
                    plan.dtype(),
                    plan.devices().stream()
                            .map(device -> device.id() + " " + ByteSize.format(device.total()))
                            .toList(),
                    ByteSize.format(plan.host().total()),
                    ByteSize.format(plan.host().budgetBytes()));
            Staging staging = Plans.staging(request, cores);
            return new ModelServer(settings, checkpoint, request, plan, staging, gpus, startUp);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private static Devices devices(Settings settings) {
        return settings.spec().placement().policy() == PlacementPolicy.HostOnly
                ? Devices.none()
                : Devices.find(settings.devices());
    }

    /**
     * Loads, warms up and serves on the calling thread until drained.
     *
     * @param listening done when the ports are open: nothing is ready before
     * @param onFailure told why, when the model cannot be served (any more)
     */
    public void run(CompletableFuture<?> listening, Consumer<Failure> onFailure) {
        try {
            TorchModel model = start();
            Scheduler running = new Scheduler(model, MAX_WAITING);
            scheduler = running;
            listening.join();
            startToReadySeconds = ProcessClock.secondsSinceStart();
            phase = Phase.Serving;
            LOG.infof("ready %.2f s after the process began: %s", startToReadySeconds, startUp);
            running.run();
        } catch (PlimsollException e) {
            fail(e.failure(), onFailure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("the engine failed", e);
            fail(Failure.of(Reason.EngineFailed, "the engine failed: " + e), onFailure);
        } finally {
            stopped.countDown();
        }
    }

    private TorchModel start() {
        phase = Phase.Loading;
        progress = Progress.NONE;
        Torch torch = engine.await();
        long opening = System.nanoTime();
        Map<DeviceId, Device> opened = new LinkedHashMap<>();
        gpus.open(torch, plan).forEach(device -> opened.put(device.id(), device));
        devices = opened;
        startUp.took(Part.DEVICES, secondsSince(opening));
        engineBytes = HostMemory.read()
                .map(memory -> memory.promised() - HostMemory.heap())
                .orElse(null);
        Checkpoint readable = withCastCopy(torch);
        ModelTensors made = new ModelTensors(readable, architecture, plan, opened);
        Loader loader = new Loader(readable.source(), opened, staging, new ProgressLog(this::progressed));
        Background<Progress> loading = Background.start("load", () -> load(loader, made));
        if (!stepsNeedNoWeights()) {
            loading.await();
        }
        TorchModel model = new TorchModel(torch, architecture, plan, made, readable.source(), staging);
        warmUp(model);
        loading.await();
        if (!plan.readsWhileServing()) {
            readable.close();
        }
        tensors = made;
        return model;
    }

    private Progress load(Loader loader, ModelTensors made) {
        Progress done = loader.load(made.targets());
        progress = done;
        phase = Phase.WarmingUp;
        startUp.took(Objects.requireNonNull(done.times()));
        LOG.infof(
                "loaded %s in %.2f s (%s/s) with %d readers: %s",
                ByteSize.format(done.bytesTotal()),
                done.seconds(),
                ByteSize.format((long) done.bytesPerSecond()),
                staging.readers(),
                done.times());
        return done;
    }

    /**
     * Whether the first steps can run while weights are on their way: on GPUs that hold all of them, what a step takes
     * does not depend on their values, nor its measuring on what the host does meanwhile.
     */
    private boolean stepsNeedNoWeights() {
        return plan.modules().values().stream().noneMatch(PlacementPlan.Placed::isStreamed)
                && runners().allMatch(device -> device.kind() == DeviceReport.Kind.Cuda);
    }

    private Stream<Device> runners() {
        return plan.modules().values().stream()
                .map(PlacementPlan.Placed::runner)
                .distinct()
                .map(runner -> Objects.requireNonNull(devices.get(runner)));
    }

    /** Weights that live on disk in another type are cast once, where {@code memory.disk} allows a copy. */
    private Checkpoint withCastCopy(Torch torch) {
        Path scratch = settings.scratch();
        Quantity disk = settings.spec().memory().disk();
        if (scratch == null || disk == null || !plan.readsWhileServing()) {
            return checkpoint;
        }
        long start = System.nanoTime();
        Checkpoint copied = CastCopy.of(torch, checkpoint, architecture, plan, scratch, ByteSize.bytes(disk));
        LOG.infof(
                copied.equals(checkpoint)
                        ? "weights on disk are read from the checkpoint as they are (%.2f s)"
                        : "cast the weights on disk to a copy in " + scratch + " in %.2f s",
                secondsSince(start));
        return copied;
    }

    private void progressed(Progress now) {
        progress = now;
    }

    /** A step of one token makes what is made only once; then the largest steps show what a step takes. */
    private void warmUp(TorchModel model) {
        long start = System.nanoTime();
        model.firstStep();
        if (runners().allMatch(device -> device.kind() == DeviceReport.Kind.Cuda)) {
            model.warmUp();
            runners().forEach(device -> device.workspaceMeasured(0));
        } else {
            long planned = plan.devices().stream()
                    .mapToLong(PlacementPlan.DevicePlan::workspace)
                    .max()
                    .orElse(0);
            long buffers = plan.modules().values().stream().anyMatch(PlacementPlan.Placed::isStreamed)
                    ? 2 * plan.bufferBytes()
                    : 0;
            HostMemory.transientBytes(model::warmUp, planned - buffers)
                    .ifPresent(bytes -> runners().forEach(device -> device.workspaceMeasured(bytes)));
        }
        startUp.took(Part.WARM_UP, secondsSince(start));
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private void fail(Failure cause, Consumer<Failure> onFailure) {
        LOG.error(cause.message());
        failure = cause;
        phase = Phase.Failed;
        onFailure.accept(cause);
    }

    /** Takes no more requests and waits, within bounds, for those that run. */
    public void drain() {
        Scheduler running = scheduler;
        if (running == null || phase != Phase.Serving) {
            return;
        }
        phase = Phase.Draining;
        running.drain();
        try {
            boolean done = stopped.await(DRAIN_SECONDS, TimeUnit.SECONDS);
            LOG.info(done ? "drained" : "stopped with requests unfinished");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public Settings settings() {
        return settings;
    }

    public Phase phase() {
        return phase;
    }

    public Architecture architecture() {
        return architecture;
    }

    public PlacementPlan plan() {
        return plan;
    }

    public @Nullable Tokenizer tokenizer() {
        return tokenizer;
    }

    public @Nullable ChatTemplate chatTemplate() {
        return chatTemplate;
    }

    /** What takes requests; null before it is ready. */
    public @Nullable Scheduler scheduler() {
        return scheduler;
    }

    /** End tokens of the checkpoint: those of its generation config, else of its config. */
    public Set<Integer> endIds() {
        JsonNode generation = checkpoint.generationConfig();
        JsonNode ids = generation != null && generation.has("eos_token_id")
                ? generation.path("eos_token_id")
                : checkpoint.config().path("eos_token_id");
        Set<Integer> result = new HashSet<>();
        (ids.isArray() ? ids : List.of(ids)).forEach(id -> {
            if (id.isInt()) {
                result.add(id.intValue());
            }
        });
        return result;
    }

    public Instant startedAt() {
        return ProcessClock.started();
    }

    /** Where the time until it serves goes. */
    public StartUp startUp() {
        return startUp;
    }

    /** How far the load is; empty before it begins. */
    public Optional<Progress> loaded() {
        return Optional.ofNullable(progress);
    }

    /** Measured bytes on a device; empty before it is open. */
    public Optional<DeviceUsage> usage(DeviceId id) {
        return Optional.ofNullable(devices.get(id)).map(Device::usage);
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    @Nullable
    Failure failure() {
        return failure;
    }

    @Nullable
    Progress progress() {
        return progress;
    }

    /** From process start to ready; null until then. */
    public @Nullable Double startToReadySeconds() {
        return startToReadySeconds;
    }

    /** Host memory of JVM and engine without the heap; null before the engine is loaded. */
    @Nullable
    Long engineBytes() {
        return engineBytes;
    }

    /** Buffers of the load while it runs, and of streams afterwards. */
    long stagingBytes() {
        long streams = plan.modules().values().stream()
                .filter(PlacementPlan.Placed::isStreamed)
                .map(PlacementPlan.Placed::runner)
                .distinct()
                .count();
        return phase == Phase.Loading ? staging.bytes() : streams * staging.buffers() * staging.bufferBytes();
    }

    /** Tensors in host memory: the host's own, and those of emulated GPUs. */
    long hostTensorBytes() {
        return devices.values().stream()
                .filter(device -> device.kind() != DeviceReport.Kind.Cuda)
                .map(Device::usage)
                .mapToLong(usage -> usage.weights().orElse(0) + usage.kvCache().orElse(0))
                .sum();
    }

    /** The tensors once they hold the whole model. */
    @Nullable
    ModelTensors tensors() {
        return tensors;
    }

    Map<DeviceId, Device> devices() {
        return devices;
    }
}
