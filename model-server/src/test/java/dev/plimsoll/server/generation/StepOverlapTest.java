package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.SamplingParameters;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which sequences meet in a step. */
class StepOverlapTest {
    private final SummingEngine engine = new SummingEngine(12, 2);
    private final Scheduler scheduler = new Scheduler(engine, 100, System::nanoTime, Duration.ofHours(1));

    /** Lets everything come; what may come behind its first token is known when the step after that one begins. */
    private final class LateOnce implements SequenceConstraint {
        private final int readyAtStep;
        private boolean first = true;

        LateOnce(int readyAtStep) {
            this.readyAtStep = readyAtStep;
        }

        @Override
        public void allow(long[] allowed) {
            allowed[0] = -1;
            allowed[1] = -1;
        }

        @Override
        public void accept(int token) {
            first = false;
        }

        @Override
        public boolean isReady() {
            return first || engine.rows.size() >= readyAtStep;
        }

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void whenReady(Runnable wake) {}
    }

    @Test
    void answersThatAreHeldToSomethingMeetAgainWhenOneOfThemWasLate() throws InterruptedException {
        submit(4, new LateOnce(0));
        submit(4, new LateOnce(0));
        submit(4, new LateOnce(2));
        scheduler.drain();
        scheduler.run();
        assertThat(engine.rows).containsExactly(3, 2, 3, 3, 1);
    }

    /** It goes on as fast as it can: two steps of its own for each of theirs. */
    @Test
    void oneThatIsHeldToSomethingKeepsManyOthersFromNothing() throws InterruptedException {
        submit(8, null);
        submit(8, null);
        submit(4, new LateOnce(0));
        scheduler.drain();
        scheduler.run();
        assertThat(engine.rows).containsExactly(3, 3, 2, 3, 2, 3, 2, 2);
    }

    @Test
    void requestsThatArePreparedTogetherBeginTogether() throws InterruptedException {
        var first = scheduler.expect();
        var second = scheduler.expect();
        submit(1, null);
        first.close();
        Thread running = Thread.ofPlatform().start(this::run);
        submit(1, null);
        second.close();
        second.close();
        scheduler.drain();
        running.join();
        assertThat(engine.rows).containsExactly(2);
    }

    @Test
    void aRequestThatIsGivenUpKeepsNobodyWaiting() throws InterruptedException {
        var gone = scheduler.expect();
        submit(1, null);
        Thread running = Thread.ofPlatform().start(this::run);
        gone.close();
        scheduler.drain();
        running.join();
        assertThat(engine.rows).containsExactly(1);
    }

    private void run() {
        try {
            scheduler.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void submit(int tokens, @Nullable SequenceConstraint constraint) {
        scheduler.submit(
                new GenerationRequest(
                        new int[] {1, 2},
                        tokens,
                        0,
                        Set.of(),
                        SamplingParameters.greedy(),
                        -1,
                        constraint,
                        0,
                        "",
                        Duration.ofHours(1)),
                new Ignoring());
    }

    private static final class Ignoring implements TokenListener {
        @Override
        public boolean token(GeneratedToken token) {
            return true;
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {}

        @Override
        public void failed(Exception cause) {
            throw new AssertionError(cause);
        }
    }
}
