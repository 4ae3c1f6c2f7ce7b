package dev.plimsoll.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.lifecycle.EngineThread.Steps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever ends the engine's thread, the server says so: there is no phase Serving without it. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EngineThreadTest {
    private final List<Failure> told = new ArrayList<>();

    /** What ends a step, and the reason that the server gives. */
    record Ending(Throwable thrown, Reason reason) {
        @Override
        public String toString() {
            return thrown.getClass().getSimpleName();
        }
    }

    static Stream<Ending> endings() {
        return Stream.of(
                new Ending(new IllegalStateException("CUDA error 700"), Reason.EngineFailed),
                new Ending(new StackOverflowError(), Reason.EngineFailed),
                new Ending(new AssertionError("a bug"), Reason.EngineFailed),
                new Ending(new InternalError("a fault in mapped memory"), Reason.EngineFailed),
                new Ending(new NoClassDefFoundError("a class"), Reason.EngineFailed),
                new Ending(new InterruptedException(), Reason.EngineFailed),
                new Ending(new OutOfMemoryError("Java heap space"), Reason.HostOutOfMemory),
                new Ending(
                        new PlimsollException(Reason.DeviceOutOfMemory, "gpu:0 is full: lower serving.maxSequences"),
                        Reason.DeviceOutOfMemory));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aFailingStepFailsTheServer(Ending ending) {
        EngineThread engine = new EngineThread(loaded -> new Throwing(ending.thrown));
        engine.run(CompletableFuture.completedFuture(null), () -> {}, told::add);
        failed(engine, ending);
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aFailingLoadFailsTheServer(Ending ending) {
        EngineThread engine = new EngineThread(loaded -> {
            throw sneaky(ending.thrown);
        });
        engine.run(CompletableFuture.completedFuture(null), () -> {}, told::add);
        failed(engine, ending);
    }

    private void failed(EngineThread engine, Ending ending) {
        assertThat(engine.phase()).isEqualTo(Phase.Failed);
        assertThat(told).singleElement().isEqualTo(engine.failure());
        assertThat(told.getFirst().reason()).isEqualTo(ending.reason);
        assertThat(told.getFirst().message()).isNotBlank();
    }

    @Test
    void stepsThatEndByThemselvesAreAFailureToo() {
        EngineThread engine = new EngineThread(loaded -> new Throwing(null));
        engine.run(CompletableFuture.completedFuture(null), () -> {}, told::add);
        assertThat(engine.phase()).isEqualTo(Phase.Failed);
        assertThat(told.getFirst().message()).contains("it stopped without being told to");
    }

    @Test
    void aFailureThatIsToldBadlyIsAFailureStill() {
        EngineThread engine = new EngineThread(loaded -> new Throwing(new IllegalStateException("x")));
        try {
            engine.run(CompletableFuture.completedFuture(null), () -> {}, failure -> {
                throw new IllegalStateException("nobody listens");
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("nobody listens");
        }
        assertThat(engine.phase()).isEqualTo(Phase.Failed);
    }

    @Test
    void itServesFromTheOpenPortsUntilItIsDrained() throws Exception {
        List<Phase> phases = new ArrayList<>();
        Waiting steps = new Waiting();
        EngineThread engine = new EngineThread(loaded -> {
            loaded.run();
            return steps;
        });
        CompletableFuture<Void> listening = new CompletableFuture<>();
        Thread thread =
                Thread.ofPlatform().start(() -> engine.run(listening, () -> phases.add(engine.phase()), told::add));
        listening.complete(null);
        steps.running.await();
        assertThat(engine.phase()).isEqualTo(Phase.Serving);
        assertThat(phases).containsExactly(Phase.WarmingUp);
        engine.drain();
        assertThat(engine.phase()).isEqualTo(Phase.Draining);
        steps.finish.countDown();
        assertThat(engine.awaitDrained(Duration.ofSeconds(20))).isTrue();
        thread.join();
        assertThat(engine.phase()).isEqualTo(Phase.Draining);
        assertThat(told).isEmpty();
        assertThat(steps.aborted).isNull();
    }

    @Test
    void whatIsNotFinishedInTimeIsToldSo() throws Exception {
        Waiting steps = new Waiting();
        EngineThread engine = new EngineThread(loaded -> steps);
        Thread thread = Thread.ofPlatform()
                .start(() -> engine.run(CompletableFuture.completedFuture(null), () -> {}, told::add));
        steps.running.await();
        engine.drain();
        assertThat(engine.awaitDrained(Duration.ZERO)).isFalse();
        assertThat(steps.aborted).hasMessageContaining("send it again");
        thread.join();
    }

    @Test
    void whatIsToldToStopWhileItLoadsNeverServes() {
        EngineThread[] engine = new EngineThread[1];
        Waiting steps = new Waiting();
        engine[0] = new EngineThread(loaded -> {
            engine[0].drain();
            return steps;
        });
        engine[0].run(CompletableFuture.completedFuture(null), () -> {}, told::add);
        assertThat(engine[0].phase()).isEqualTo(Phase.Draining);
        assertThat(steps.running.getCount()).as("steps were run").isEqualTo(1);
    }

    private record Throwing(@Nullable Throwable thrown) implements Steps {
        @Override
        public void run() {
            if (thrown != null) {
                throw sneaky(thrown);
            }
        }

        @Override
        public void drain() {}

        @Override
        public void abort(RuntimeException cause) {}
    }

    private static final class Waiting implements Steps {
        private final CountDownLatch running = new CountDownLatch(1);
        private final CountDownLatch finish = new CountDownLatch(1);
        private volatile @Nullable RuntimeException aborted;

        @Override
        public void run() throws InterruptedException {
            running.countDown();
            finish.await();
        }

        @Override
        public void drain() {}

        @Override
        public void abort(RuntimeException cause) {
            aborted = cause;
            finish.countDown();
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
