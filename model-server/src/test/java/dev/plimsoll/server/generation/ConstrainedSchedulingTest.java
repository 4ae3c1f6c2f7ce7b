package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.SamplingTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences whose next tokens are limited, and what one step holds of limits and biases; each gets the tokens it gets alone. */
class ConstrainedSchedulingTest {
    /** Lets everything come, and says when it is asked. */
    private static class Asked implements SequenceConstraint {
        private final List<String> asked;

        Asked(List<String> asked) {
            this.asked = asked;
        }

        @Override
        public void allow(long[] allowed) {
            allowed[0] = -1;
            asked.add("allow");
        }

        @Override
        public void accept(int token) {
            asked.add("accept " + token);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void whenReady(Runnable wake) {}
    }

    /** While it is found out what may come next in one sequence, the other goes on, and both get their tokens. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aSequenceThatIsNotReadySitsOut(int stepsInFlight) throws InterruptedException {
        Scheduler scheduler = new Scheduler(new SummingEngine(12, stepsInFlight), 100);
        AtomicReference<Runnable> wake = new AtomicReference<>();
        AtomicBoolean ready = new AtomicBoolean(true);
        HeardSequence heard = submit(scheduler, prompt(1, 4), 4, new Asked(new ArrayList<>()) {
            @Override
            public void whenReady(Runnable then) {
                wake.set(then);
            }

            @Override
            public boolean isReady() {
                return ready.get();
            }

            @Override
            public void accept(int token) {
                ready.set(false);
            }
        });
        HeardSequence other = submit(scheduler, prompt(2, 4), 20, null);
        scheduler.drain();
        Thread running = Thread.ofPlatform().start(() -> {
            try {
                scheduler.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> other.over);
        assertThat(heard.ids).hasSize(1);
        while (running.isAlive()) {
            ready.set(true);
            wake.get().run();
            running.join(Duration.ofMillis(1));
        }
        assertThat(heard.ids).isEqualTo(SummingEngine.alone(prompt(1, 4), 4));
        assertThat(other.ids).isEqualTo(SummingEngine.alone(prompt(2, 4), 20));
    }

    /** Of a vocabulary whose masks are large, as many take part in a step as fit; the others have their turns. */
    @Test
    void masksOfOneStepAreBounded() throws InterruptedException {
        int vocabulary = 30_000_000;
        EngineLimits limits = new EngineLimits(6, 64, 64, 30, vocabulary, 0, 0, 1);
        SummingEngine engine = new SummingEngine(limits);
        Scheduler scheduler = new Scheduler(engine, 100);
        int most = new ConstrainedTurns(limits).most();
        assertThat(most).isEqualTo(2);
        List<HeardSequence> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(submit(scheduler, prompt(i, 4), 3, new Asked(new ArrayList<>())));
        }
        scheduler.drain();
        scheduler.run();
        assertThat(engine.rows).allSatisfy(rows -> assertThat(rows).isLessThanOrEqualTo(most));
        for (int i = 0; i < 5; i++) {
            assertThat(all.get(i).ids).isEqualTo(SummingEngine.alone(prompt(i, 4), 3));
        }
    }

    /** A step has room for so many biases, of all its rows together. */
    @Test
    void biasesOfOneStepAreBounded() throws InterruptedException {
        int sequences = 800;
        SummingEngine engine = new SummingEngine(
                new EngineLimits(sequences, 16, sequences, sequences, SummingEngine.VOCABULARY, 0, 0, 1));
        Scheduler scheduler = new Scheduler(engine, sequences);
        Map<Integer, Float> biases = new HashMap<>();
        for (int id = 0; id < SummingEngine.VOCABULARY; id++) {
            biases.put(id, 0f);
        }
        SamplingParameters biased = new SamplingParameters(0, 0, 1, 0, 0, 0, 1, biases, 0, -1);
        List<HeardSequence> all = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            all.add(new HeardSequence());
            scheduler.submit(GenerationRequest.of(prompt(i % 90, 2), 3, Set.of(), biased), all.get(i));
        }
        scheduler.drain();
        scheduler.run();
        assertThat(engine.biases)
                .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(SamplingTable.MAX_BIASES))
                .anySatisfy(count -> assertThat(count).isGreaterThan(SamplingTable.MAX_BIASES / 2));
        for (int i = 0; i < sequences; i++) {
            assertThat(all.get(i).ids).isEqualTo(SummingEngine.alone(prompt(i % 90, 2), 3));
        }
    }

    @Test
    void aSequenceWhoseTextIsOverEndsThere() throws InterruptedException {
        Scheduler scheduler = new Scheduler(new SummingEngine(12, 2), 100);
        List<String> asked = new ArrayList<>();
        HeardSequence heard = submit(scheduler, prompt(1, 4), 10, new Asked(asked) {
            @Override
            public boolean isOver() {
                return asked.size() == 6;
            }
        });
        scheduler.drain();
        scheduler.run();
        assertThat(heard.ids).isEqualTo(SummingEngine.alone(prompt(1, 4), 3));
        assertThat(heard.end).isEqualTo("STOP");
    }

    /** What may come next depends on what came before: such a sequence is never ahead of what is known. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aConstraintIsAskedInTheOrderOfTheTokens(int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        List<String> asked = new ArrayList<>();
        HeardSequence heard = submit(scheduler, prompt(1, 4), 4, new Asked(asked));
        HeardSequence other = submit(scheduler, prompt(2, 4), 20, null);
        scheduler.drain();
        scheduler.run();
        List<String> expected = new ArrayList<>();
        heard.ids.forEach(id -> expected.addAll(List.of("allow", "accept " + id)));
        assertThat(asked).isEqualTo(expected);
        assertThat(heard.ids).isEqualTo(SummingEngine.alone(prompt(1, 4), 4));
        assertThat(other.ids).isEqualTo(SummingEngine.alone(prompt(2, 4), 20));
    }

    private static HeardSequence submit(
            Scheduler scheduler, int[] prompt, int maxTokens, @Nullable SequenceConstraint constraint) {
        HeardSequence heard = new HeardSequence();
        scheduler.submit(
                new GenerationRequest(
                        prompt,
                        maxTokens,
                        0,
                        Set.of(),
                        SamplingParameters.greedy(),
                        -1,
                        constraint,
                        0,
                        "",
                        Duration.ofHours(1)),
                heard);
        return heard;
    }

    private static int[] prompt(int start, int length) {
        return IntStream.range(0, length)
                .map(i -> (7 * i + start) % SummingEngine.VOCABULARY)
                .toArray();
    }
}
