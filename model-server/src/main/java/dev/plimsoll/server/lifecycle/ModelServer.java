package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.EngineReport;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.Background;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.generation.StepObserver;
import dev.plimsoll.server.lifecycle.StartUp.Part;
import dev.plimsoll.server.loading.Progress;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.Texts;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

    private final PlannedModel planned;
    private final ModelLoad load;
    private final StartUp startUp;
    private final Background<Texts> texts;
    private final GenerationDefaults generationDefaults;
    private final EngineThread engine = new EngineThread(this::load);

    private volatile StepObserver steps = (sequences, tokens, nanos) -> {};
    private volatile @Nullable Double startToReadySeconds;
    private volatile @Nullable Scheduler scheduler;

    private ModelServer(PlannedModel planned, Texts.Reading reading, StartUp startUp, LastWords lastWords) {
        this.planned = planned;
        this.generationDefaults = planned.checkpoint().generationDefaults();
        this.startUp = startUp;
        this.texts = Background.start("tokenizer", () -> startUp.time(Part.TOKENIZER, () -> texts(reading, lastWords)));
        this.load = new ModelLoad(planned, startUp, texts::join);
    }

    private Texts texts(Texts.Reading reading, LastWords lastWords) {
        LastWords.Said said = lastWords.say(aborted());
        try {
            Texts opened = Texts.open(reading, settings().spec().serving().specialTokens());
            warn(opened);
            return opened;
        } finally {
            said.takeBack();
        }
    }

    /** What of the checkpoint's tokenizer will refuse some requests, though the model runs. */
    private void warn(Texts opened) {
        Tokenizer tokenizer = opened.tokenizer();
        int rows = planned.architecture().shape().vocabulary();
        if (tokenizer != null && tokenizer.vocabulary() > rows) {
            LOG.warnf(
                    "tokenizer.json knows %d tokens, the model %d: prompts with one of the others are refused",
                    tokenizer.vocabulary(), rows);
        }
        ChatEncoder chats = opened.chats();
        if (chats != null && chats.template().problem() != null) {
            LOG.warnf("no chat can be served: %s", chats.template().problem());
        }
    }

    /** The library of tokenizers aborts the process on some files that are none, such as a broken table of characters. */
    private static Failure aborted() {
        return Failure.of(
                Reason.InvalidCheckpoint,
                "tokenizer.json: the library that reads it ended the process; download the checkpoint again");
    }

    /**
     * Reads the headers and plans; begins to load engine and tokenizer when the plan fits.
     *
     * @param startUp times the process from its first line
     * @throws PlimsollException when the checkpoint cannot be used, or the plan does not fit
     */
    public static ModelServer plan(Settings settings, StartUp startUp) {
        return plan(settings, startUp, LastWords.NONE);
    }

    /**
     * As {@link #plan(Settings, StartUp)}.
     *
     * @param lastWords said while a library reads what may make it end the process
     */
    public static ModelServer plan(Settings settings, StartUp startUp, LastWords lastWords) {
        Texts.Reading reading = Texts.read(settings.folder());
        PlannedModel planned = PlannedModel.of(settings, startUp);
        try {
            return new ModelServer(planned, reading, startUp, lastWords);
        } catch (RuntimeException e) {
            planned.checkpoint().close();
            throw e;
        }
    }

    /**
     * Waits for the tokenizer, which is read while the model loads.
     *
     * @throws PlimsollException {@code InvalidCheckpoint} when it cannot be used
     */
    public void awaitTokenizer() {
        texts.await();
    }

    /**
     * Loads, warms up and serves on the calling thread until drained.
     *
     * @param listening done when the ports are open: nothing is ready before
     * @param onFailure told why, when the model cannot be served (any more)
     */
    public void run(CompletableFuture<?> listening, Consumer<Failure> onFailure) {
        engine.run(listening, this::ready, onFailure);
    }

    private EngineThread.Steps load(Runnable onLoaded) {
        StartingEngine model = load.run(onLoaded);
        texts.await();
        Scheduler loaded = new Scheduler(model, MAX_WAITING);
        loaded.observe(steps);
        scheduler = loaded;
        return new EngineThread.Steps() {
            @Override
            public void run() throws InterruptedException {
                loaded.run();
            }

            @Override
            public void drain() {
                loaded.drain();
            }

            @Override
            public void abort(RuntimeException cause) {
                loaded.abort(cause);
            }
        };
    }

    private void ready() {
        double seconds = ProcessClock.secondsSinceStart();
        startToReadySeconds = seconds;
        LOG.infof("ready %.2f s after the process began: %s", seconds, startUp);
    }

    /** Takes no more requests from now on, and is not ready; those that run or wait are finished. */
    public void drain() {
        engine.drain();
    }

    /**
     * Waits for what runs and waits once it drains; fails what is not finished by then.
     *
     * @return whether all of it was finished
     */
    public boolean awaitDrained(Duration limit) throws InterruptedException {
        return engine.awaitDrained(limit);
    }

    /** Tells of the steps of the engine; to be called before it serves. */
    public void observe(StepObserver observer) {
        steps = observer;
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
        return engine.phase();
    }

    public Architecture architecture() {
        return planned.architecture();
    }

    public PlacementPlan plan() {
        return planned.plan();
    }

    @Override
    public @Nullable Tokenizer tokenizer() {
        return texts.await().tokenizer();
    }

    @Override
    public @Nullable ChatEncoder chats() {
        return texts.await().chats();
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

    /** What runs the steps; null before it is chosen. */
    public @Nullable EngineReport engine() {
        return load.engine();
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
        return engine.failure();
    }
}
