package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.loading.Progress;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.TorchModel;
import dev.plimsoll.server.tokenization.ChatTemplate;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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

    private final PlannedModel planned;
    private final ModelLoad load;
    private final StartUp startUp;
    private final @Nullable Tokenizer tokenizer;
    private final @Nullable ChatTemplate chatTemplate;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.Starting);
    private final CountDownLatch stopped = new CountDownLatch(1);

    private volatile @Nullable Failure failure;
    private volatile @Nullable Double startToReadySeconds;
    private volatile @Nullable Scheduler scheduler;

    private ModelServer(PlannedModel planned, StartUp startUp) {
        this.planned = planned;
        this.load = new ModelLoad(planned, startUp);
        this.startUp = startUp;
        Path folder = planned.settings().folder();
        this.tokenizer = Tokenizer.open(folder);
        this.chatTemplate = tokenizer == null ? null : ChatTemplate.open(folder);
    }

    /**
     * Reads the headers and plans; begins to load the engine when the plan fits.
     *
     * @param startUp times the process from its first line
     * @throws PlimsollException when the checkpoint cannot be used, or the plan does not fit
     */
    public static ModelServer plan(Settings settings, StartUp startUp) {
        PlannedModel planned = PlannedModel.of(settings, startUp);
        try {
            return new ModelServer(planned, startUp);
        } catch (RuntimeException e) {
            planned.checkpoint().close();
            throw e;
        }
    }

    /**
     * Loads, warms up and serves on the calling thread until drained.
     *
     * @param listening done when the ports are open: nothing is ready before
     * @param onFailure told why, when the model cannot be served (any more)
     */
    public void run(CompletableFuture<?> listening, Consumer<Failure> onFailure) {
        try {
            phase.set(Phase.Loading);
            TorchModel model = load.run(() -> phase.compareAndSet(Phase.Loading, Phase.WarmingUp));
            Scheduler running = new Scheduler(model, MAX_WAITING);
            scheduler = running;
            listening.join();
            startToReadySeconds = ProcessClock.secondsSinceStart();
            phase.set(Phase.Serving);
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

    private void fail(Failure cause, Consumer<Failure> onFailure) {
        LOG.error(cause.message());
        failure = cause;
        phase.set(Phase.Failed);
        onFailure.accept(cause);
    }

    /** Takes no more requests and waits, within bounds, for those that run. */
    public void drain() {
        Scheduler running = scheduler;
        if (running == null || !phase.compareAndSet(Phase.Serving, Phase.Draining)) {
            return;
        }
        running.drain();
        try {
            boolean done = stopped.await(DRAIN_SECONDS, TimeUnit.SECONDS);
            LOG.info(done ? "drained" : "stopped with requests unfinished");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public Settings settings() {
        return planned.settings();
    }

    public Phase phase() {
        return phase.get();
    }

    public Architecture architecture() {
        return planned.architecture();
    }

    public PlacementPlan plan() {
        return planned.plan();
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
        return planned.checkpoint().endIds();
    }

    public Instant startedAt() {
        return ProcessClock.started();
    }

    /** Where the time until it serves goes. */
    public StartUp startUp() {
        return startUp;
    }

    /** From process start to ready; null until then. */
    public @Nullable Double startToReadySeconds() {
        return startToReadySeconds;
    }

    /** How far the load is; empty before it begins. */
    public Optional<Progress> loaded() {
        return Optional.ofNullable(load.progress());
    }

    /** Measured bytes on a device; empty before it is open. */
    public Optional<DeviceUsage> usage(DeviceId id) {
        return Optional.ofNullable(load.devices().get(id)).map(Device::usage);
    }

    PlannedModel planned() {
        return planned;
    }

    /** What is made of the plan so far. */
    ModelLoad load() {
        return load;
    }

    @Nullable
    Failure failure() {
        return failure;
    }
}
