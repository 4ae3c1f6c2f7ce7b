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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However few pages there are, and however steps overlap, every sequence gets the tokens that it gets alone. */
class PagedSchedulingTest {
    private static final int VOCABULARY = SummingEngine.VOCABULARY;

    private static class Heard implements TokenListener {
        private final List<Integer> ids = new ArrayList<>();
        private String end = "";
        private volatile boolean over;

        @Override
        public boolean token(GeneratedToken token) {
            return ids.add(token.id());
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
            end += reason;
            over = true;
        }

        @Override
        public void failed(Exception cause) {
            end += "failed " + cause.getMessage();
        }
    }

    @ParameterizedTest(name = "{0} pages, {1} steps under way")
    @CsvSource({"4, 1", "4, 2", "5, 1", "6, 2", "8, 2", "12, 1", "24, 2"})
    void everyOneGetsItsTokens(int pages, int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(pages, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        Random random = new Random(pages);
        List<int[]> prompts = new ArrayList<>();
        List<Heard> heard = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            prompts.add(prompt(random.nextInt(3), 1 + random.nextInt(40)));
            heard.add(submit(scheduler, prompts.get(i), 1 + i % 24, 0, null));
        }
        scheduler.drain();
        scheduler.run();
        for (int i = 0; i < 40; i++) {
            assertThat(heard.get(i).ids).as("sequence %d", i).isEqualTo(alone(prompts.get(i), 1 + i % 24));
            assertThat(heard.get(i).end).isEqualTo("LENGTH");
        }
        assertThat(engine.cache().available()).isEqualTo(pages);
        assertThat(engine.cache().tokensFound()).as("prefixes are used again").isPositive();
        assertThat(engine.tokens.stream().mapToInt(Integer::intValue).max()).hasValue(8);
    }

    @Test
    void whoNeedsAPageTakesItFromTheOneAdmittedLast() throws InterruptedException {
        SummingEngine engine = new SummingEngine(5, 1);
        Scheduler scheduler = new Scheduler(engine, 100);
        List<Heard> heard = IntStream.range(0, 3)
                .mapToObj(i -> submit(scheduler, prompt(50 + 7 * i, 10), 50, 0, null))
                .toList();
        scheduler.drain();
        scheduler.run();
        for (int i = 0; i < 3; i++) {
            assertThat(heard.get(i).ids).isEqualTo(alone(prompt(50 + 7 * i, 10), 50));
        }
        assertThat(scheduler.preemptions()).isPositive();
    }

    @Test
    void decodingNeverWaitsForPrompts() throws InterruptedException {
        SummingEngine engine = new SummingEngine(24, 1);
        Scheduler scheduler = new Scheduler(engine, 100);
        Heard first = new Heard();
        scheduler.submit(GenerationRequest.of(prompt(1, 3), 20, Set.of(), SamplingParameters.greedy()), first);
        List<Integer> tokensAtStep = new ArrayList<>();
        List<Heard> later = new ArrayList<>();
        engine.beforeStep = () -> {
            tokensAtStep.add(first.ids.size());
            if (engine.rows.size() == 3) {
                later.add(submit(scheduler, prompt(2, 40), 2, 0, null));
                later.add(submit(scheduler, prompt(9, 40), 2, 0, null));
                scheduler.drain();
            }
        };
        scheduler.run();
        assertThat(tokensAtStep.subList(0, 20))
                .isEqualTo(IntStream.range(0, 20).boxed().toList());
        assertThat(engine.rows).contains(2);
        assertThat(later).hasSize(2).allSatisfy(one -> assertThat(one.ids).hasSize(2));
    }

    @Test
    void severalPromptsShareAStep() throws InterruptedException {
        SummingEngine engine = new SummingEngine(new EngineLimits(8, 64, 64, 32, VOCABULARY, 0, 0, 1));
        Scheduler scheduler = new Scheduler(engine, 100);
        IntStream.range(0, 6).forEach(i -> submit(scheduler, prompt(10 * i, 9), 1, 0, null));
        scheduler.drain();
        scheduler.run();
        assertThat(engine.tokens).containsExactly(54);
    }

    @Test
    void aPromptBesideManyThatDecodeIsReadInPieces() throws InterruptedException {
        SummingEngine engine = new SummingEngine(new EngineLimits(20, 2048, 4096, 500, VOCABULARY, 0, 0, 1));
        Scheduler scheduler = new Scheduler(engine, 100);
        IntStream.range(0, 16).forEach(i -> submit(scheduler, prompt(3 * i, 9), 12, 0, null));
        engine.beforeStep = () -> {
            if (engine.tokens.size() == 2) {
                submit(scheduler, prompt(61, 600), 2, 0, null);
                submit(scheduler, prompt(67, 1500), 2, 0, null);
                scheduler.drain();
            }
        };
        scheduler.run();
        assertThat(engine.tokens.subList(0, 6)).containsExactly(144, 16, 16, 16 + 525, 16 + 393, 17 + 295);
        assertThat(engine.tokens.subList(6, 9)).containsExactly(16 + 221, 16 + 192, 16 + 192);
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void promptsThatArriveWhileOneIsReadShareTheNextStep(int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(new EngineLimits(8, 64, 64, 32, VOCABULARY, 0, 0, stepsInFlight));
        Scheduler scheduler = new Scheduler(engine, 100);
        Heard first = new Heard() {
            @Override
            public boolean token(GeneratedToken token) {
                if (engine.tokens.size() == 1) {
                    IntStream.range(0, 3).forEach(i -> submit(scheduler, prompt(20 * i, 9), 2, 0, null));
                    scheduler.drain();
                }
                return super.token(token);
            }
        };
        scheduler.submit(GenerationRequest.of(prompt(90, 9), 4, Set.of(), SamplingParameters.greedy()), first);
        scheduler.run();
        assertThat(engine.tokens.subList(0, 2)).containsExactly(9, 1 + 27);
    }

    @Test
    void manyPromptsBesideFewThatDecodeAreReadAtOnce() throws InterruptedException {
        SummingEngine engine = new SummingEngine(new EngineLimits(8, 2048, 4096, 500, VOCABULARY, 0, 0, 1));
        Scheduler scheduler = new Scheduler(engine, 100);
        IntStream.range(0, 4).forEach(i -> submit(scheduler, prompt(1 + i, 9), 12, 0, null));
        engine.beforeStep = () -> {
            if (engine.tokens.size() == 2) {
                IntStream.range(0, 3).forEach(i -> submit(scheduler, prompt(15 + i, 700), 2, 0, null));
                scheduler.drain();
            }
        };
        scheduler.run();
        assertThat(engine.tokens.subList(0, 4)).containsExactly(36, 4, 4, 4 + 2100);
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void anEndBehindWhichAStepWasBegunIsTheEnd(int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        List<Integer> free = alone(prompt(1, 4), 9);
        Heard heard = new Heard();
        scheduler.submit(
                GenerationRequest.of(prompt(1, 4), 9, Set.of(free.get(4)), SamplingParameters.greedy()), heard);
        scheduler.drain();
        scheduler.run();
        assertThat(heard.ids).isEqualTo(free.subList(0, 4));
        assertThat(heard.end).isEqualTo("STOP");
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void noEndTokenIsChosenBeforeTheLeastNumber(int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        Set<Integer> ends = Set.of(alone(prompt(1, 4), 1).getFirst());
        Heard heard = new Heard();
        scheduler.submit(
                new GenerationRequest(
                        prompt(1, 4), 9, 3, ends, SamplingParameters.greedy(), -1, null, 0, "", Duration.ofHours(1)),
                heard);
        scheduler.drain();
        scheduler.run();
        assertThat(heard.ids).hasSizeGreaterThanOrEqualTo(3).doesNotContainAnyElementsOf(ends);
    }

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
        Heard heard = submit(scheduler, prompt(1, 4), 4, 0, new Asked(new ArrayList<>()) {
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
        Heard other = submit(scheduler, prompt(2, 4), 20, 0, null);
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
        assertThat(heard.ids).isEqualTo(alone(prompt(1, 4), 4));
        assertThat(other.ids).isEqualTo(alone(prompt(2, 4), 20));
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
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(submit(scheduler, prompt(i, 4), 3, 0, new Asked(new ArrayList<>())));
        }
        scheduler.drain();
        scheduler.run();
        assertThat(engine.rows).allSatisfy(rows -> assertThat(rows).isLessThanOrEqualTo(most));
        for (int i = 0; i < 5; i++) {
            assertThat(all.get(i).ids).isEqualTo(alone(prompt(i, 4), 3));
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
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            all.add(new Heard());
            scheduler.submit(GenerationRequest.of(prompt(i % 90, 2), 3, Set.of(), biased), all.get(i));
        }
        scheduler.drain();
        scheduler.run();
        assertThat(engine.biases)
                .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(SamplingTable.MAX_BIASES))
                .anySatisfy(count -> assertThat(count).isGreaterThan(SamplingTable.MAX_BIASES / 2));
        for (int i = 0; i < sequences; i++) {
            assertThat(all.get(i).ids).isEqualTo(alone(prompt(i % 90, 2), 3));
        }
    }

    @Test
    void aSequenceWhoseTextIsOverEndsThere() throws InterruptedException {
        Scheduler scheduler = new Scheduler(new SummingEngine(12, 2), 100);
        List<String> asked = new ArrayList<>();
        Heard heard = submit(scheduler, prompt(1, 4), 10, 0, new Asked(asked) {
            @Override
            public boolean isOver() {
                return asked.size() == 6;
            }
        });
        scheduler.drain();
        scheduler.run();
        assertThat(heard.ids).isEqualTo(alone(prompt(1, 4), 3));
        assertThat(heard.end).isEqualTo("STOP");
    }

    /** What may come next depends on what came before: such a sequence is never ahead of what is known. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aConstraintIsAskedInTheOrderOfTheTokens(int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        List<String> asked = new ArrayList<>();
        Heard heard = submit(scheduler, prompt(1, 4), 4, 0, new Asked(asked));
        Heard other = submit(scheduler, prompt(2, 4), 20, 0, null);
        scheduler.drain();
        scheduler.run();
        List<String> expected = new ArrayList<>();
        heard.ids.forEach(id -> expected.addAll(List.of("allow", "accept " + id)));
        assertThat(asked).isEqualTo(expected);
        assertThat(heard.ids).isEqualTo(alone(prompt(1, 4), 4));
        assertThat(other.ids).isEqualTo(alone(prompt(2, 4), 20));
    }

    @Test
    void stepsOverlapWhereTheEngineLetsThem() throws InterruptedException {
        AtomicLong most = new AtomicLong();
        SummingEngine engine = new SummingEngine(12, 2);
        Scheduler scheduler = new Scheduler(engine, 100);
        Heard heard = submit(scheduler, prompt(1, 4), 20, 0, null);
        engine.beforeStep = () -> most.set(Math.max(most.get(), engine.rows.size() - heard.ids.size()));
        scheduler.drain();
        scheduler.run();
        assertThat(most)
                .as("a step is begun while the token of the one before is not known")
                .hasValue(1);
        assertThat(heard.ids).isEqualTo(alone(prompt(1, 4), 20));
        assertThat(engine.rows).as("no step beyond the last token").hasSize(20);
    }

    private static Heard submit(
            Scheduler scheduler, int[] prompt, int maxTokens, int minTokens, @Nullable SequenceConstraint constraint) {
        Heard heard = new Heard();
        scheduler.submit(
                new GenerationRequest(
                        prompt,
                        maxTokens,
                        minTokens,
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
        return IntStream.range(0, length).map(i -> (7 * i + start) % VOCABULARY).toArray();
    }

    private static List<Integer> alone(int[] prompt, int count) {
        int sum = IntStream.of(prompt).sum();
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(sum % VOCABULARY);
            sum += ids.getLast();
        }
        return ids;
    }
}
