package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.GenerationDefaults;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One model, from its headers to its last answer: plan, open devices, allocate, load, warm up, serve, drain. A refusal
 * comes from {@link #plan} and has read no weight byte.
 */
public final class ModelServer implements ServedModel {
    private static final Logger LOG = Logger.getLogger(ModelServer.class);
    private static final int MAX_WAITING = 256;
    private static final Duration ABORT = Duration.ofSeconds(2);

    private final PlannedModel planned;
    private final ModelLoad load;
    private final StartUp startUp;
    private final @Nullable Tokenizer tokenizer;
    private final @Nullable ChatTemplate chatTemplate;
    private final GenerationDefaults generationDefaults;
    private final LifecycleState state = new LifecycleState();
    private final CountDownLatch stopped = new CountDownLatch(1);

    private volatile @Nullable Failure failure;
    private volatile @Nullable Double startToReadySeconds;
    private volatile @Nullable Scheduler scheduler;

    private ModelServer(PlannedModel planned, StartUp startUp) {
        this.planned = planned;
        this.generationDefaults = planned.checkpoint().generationDefaults();
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
     * Loads, warms up and serves on the calling thread until drained. Whatever ends it otherwise, an {@link Error}
     * included, is a failure of the server: while it is {@link Phase#Serving}, this thread lives.
     *
     * @param listening done when the ports are open: nothing is ready before
     * @param onFailure told why, when the model cannot be served (any more)
     */
    @SuppressWarnings("CatchThrowable")
    public void run(CompletableFuture<?> listening, Consumer<Failure> onFailure) {
        try {
            state.advance(Phase.Loading);
            TorchModel model = load.run(() -> state.advance(Phase.WarmingUp));
            Scheduler running = new Scheduler(model, MAX_WAITING);
            listening.join();
            scheduler = running;
            startToReadySeconds = ProcessClock.secondsSinceStart();
            if (state.advanced(Phase.Serving)) {
                LOG.infof("ready %.2f s after the process began: %s", startToReadySeconds, startUp);
                running.run();
                if (phase() != Phase.Draining) {
                    throw new IllegalStateException("it stopped by itself");
                }
            }
        } catch (Throwable e) {
            fail(e, onFailure);
        } finally {
            stopped.countDown();
        }
    }

    private void fail(Throwable thrown, Consumer<Failure> onFailure) {
        Failure cause = PlimsollException.failureOf("the engine failed", thrown);
        failure = cause;
        state.advance(Phase.Failed);
        try {
            if (thrown instanceof PlimsollException) {
                LOG.error(cause.message());
            } else {
                LOG.error(cause.message(), thrown);
            }
        } finally {
            onFailure.accept(cause);
        }
    }

    /** Takes no more requests from now on, and is not ready; those that run or wait are finished. */
    public void drain() {
        state.advance(Phase.Draining);
        Scheduler running = scheduler;
        if (running != null) {
            running.drain();
        }
    }

    /**
     * Waits for what runs and waits once it drains; tells those that are not finished by then.
     *
     * @return whether all of them were finished
     */
    public boolean awaitDrained(Duration limit) {
        Scheduler running = scheduler;
        if (running == null) {
            return true;
        }
        try {
            if (stopped.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("drained");
                return true;
            }
            LOG.warnf("stopped with requests unfinished after %d s", limit.toSeconds());
            running.abort(new PlimsollException(
                    Reason.EngineFailed,
                    "the server was told to stop and did not get done within " + limit.toSeconds()
                            + " s: send the request again"));
            if (!stopped.await(ABORT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a step does not end: its requests hear nothing");
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public Settings settings() {
        return planned.settings();
    }

    @Override
    public String name() {
        return settings().servedName();
    }

    @Override
    public Architecture.Task task() {
        return architecture().task();
    }

    @Override
    public int vocabulary() {
        return architecture().shape().vocabulary();
    }

    @Override
    public int maxSequenceTokens() {
        return plan().maxSequenceTokens();
    }

    @Override
    public Phase phase() {
        return state.phase();
    }

    public Architecture architecture() {
        return planned.architecture();
    }

    public PlacementPlan plan() {
        return planned.plan();
    }

    @Override
    public @Nullable Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public @Nullable ChatTemplate chatTemplate() {
        return chatTemplate;
    }

    @Override
    public @Nullable Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public GenerationDefaults generationDefaults() {
        return generationDefaults;
    }

    @Override
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
