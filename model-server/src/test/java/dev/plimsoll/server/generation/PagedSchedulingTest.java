package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However few pages there are, and however steps overlap, every sequence gets the tokens that it gets alone. */
class PagedSchedulingTest {
    private static final int VOCABULARY = SummingEngine.VOCABULARY;

    @ParameterizedTest(name = "{0} pages, {1} steps under way")
    @CsvSource({"4, 1", "4, 2", "5, 1", "6, 2", "8, 2", "12, 1", "24, 2"})
    void everyOneGetsItsTokens(int pages, int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(pages, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        Random random = new Random(pages);
        List<int[]> prompts = new ArrayList<>();
        List<HeardSequence> heard = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            prompts.add(prompt(random.nextInt(3), 1 + random.nextInt(40)));
            heard.add(submit(scheduler, prompts.get(i), 1 + i % 24));
        }
        scheduler.drain();
        scheduler.run();
        for (int i = 0; i < 40; i++) {
            assertThat(heard.get(i).ids)
                    .as("sequence %d", i)
                    .isEqualTo(SummingEngine.alone(prompts.get(i), 1 + i % 24));
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
        List<HeardSequence> heard = IntStream.range(0, 3)
                .mapToObj(i -> submit(scheduler, prompt(50 + 7 * i, 10), 50))
                .toList();
        scheduler.drain();
        scheduler.run();
        for (int i = 0; i < 3; i++) {
            assertThat(heard.get(i).ids).isEqualTo(SummingEngine.alone(prompt(50 + 7 * i, 10), 50));
        }
        assertThat(scheduler.preemptions()).isPositive();
    }

    @Test
    void decodingNeverWaitsForPrompts() throws InterruptedException {
        SummingEngine engine = new SummingEngine(24, 1);
        Scheduler scheduler = new Scheduler(engine, 100);
        HeardSequence first = new HeardSequence();
        scheduler.submit(GenerationRequest.of(prompt(1, 3), 20, Set.of(), SamplingParameters.greedy()), first);
        List<Integer> tokensAtStep = new ArrayList<>();
        List<HeardSequence> later = new ArrayList<>();
        engine.beforeStep = () -> {
            tokensAtStep.add(first.ids.size());
            if (engine.rows.size() == 3) {
                later.add(submit(scheduler, prompt(2, 40), 2));
                later.add(submit(scheduler, prompt(9, 40), 2));
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
        IntStream.range(0, 6).forEach(i -> submit(scheduler, prompt(10 * i, 9), 1));
        scheduler.drain();
        scheduler.run();
        assertThat(engine.tokens).containsExactly(54);
    }

    @Test
    void aPromptBesideManyThatDecodeIsReadInPieces() throws InterruptedException {
        SummingEngine engine = new SummingEngine(new EngineLimits(20, 2048, 4096, 500, VOCABULARY, 0, 0, 1));
        Scheduler scheduler = new Scheduler(engine, 100);
        IntStream.range(0, 16).forEach(i -> submit(scheduler, prompt(3 * i, 9), 12));
        engine.beforeStep = () -> {
            if (engine.tokens.size() == 2) {
                submit(scheduler, prompt(61, 600), 2);
                submit(scheduler, prompt(67, 1500), 2);
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
        HeardSequence first = new HeardSequence() {
            @Override
            public boolean token(GeneratedToken token) {
                if (engine.tokens.size() == 1) {
                    IntStream.range(0, 3).forEach(i -> submit(scheduler, prompt(20 * i, 9), 2));
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
        IntStream.range(0, 4).forEach(i -> submit(scheduler, prompt(1 + i, 9), 12));
        engine.beforeStep = () -> {
            if (engine.tokens.size() == 2) {
                IntStream.range(0, 3).forEach(i -> submit(scheduler, prompt(15 + i, 700), 2));
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
        List<Integer> free = SummingEngine.alone(prompt(1, 4), 9);
        HeardSequence heard = new HeardSequence();
        scheduler.submit(
                GenerationRequest.of(prompt(1, 4), 9, Set.of(free.get(4)), SamplingParameters.greedy()), heard);
        scheduler.drain();
        scheduler.run();
        assertThat(heard.ids).isEqualTo(free.subList(0, 4));
        assertThat(heard.end).isEqualTo("STOP " + free.get(4));
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void noEndTokenIsChosenBeforeTheLeastNumber(int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        Set<Integer> ends = Set.of(SummingEngine.alone(prompt(1, 4), 1).getFirst());
        HeardSequence heard = new HeardSequence();
        scheduler.submit(
                new GenerationRequest(
                        prompt(1, 4), 9, 3, ends, SamplingParameters.greedy(), -1, null, 0, "", Duration.ofHours(1)),
                heard);
        scheduler.drain();
        scheduler.run();
        assertThat(heard.ids).hasSizeGreaterThanOrEqualTo(3).doesNotContainAnyElementsOf(ends);
    }

    @Test
    void stepsOverlapWhereTheEngineLetsThem() throws InterruptedException {
        AtomicLong most = new AtomicLong();
        SummingEngine engine = new SummingEngine(12, 2);
        Scheduler scheduler = new Scheduler(engine, 100);
        HeardSequence heard = submit(scheduler, prompt(1, 4), 20);
        engine.beforeStep = () -> most.set(Math.max(most.get(), engine.rows.size() - heard.ids.size()));
        scheduler.drain();
        scheduler.run();
        assertThat(most)
                .as("a step is begun while the token of the one before is not known")
                .hasValue(1);
        assertThat(heard.ids).isEqualTo(SummingEngine.alone(prompt(1, 4), 20));
        assertThat(engine.rows).as("no step beyond the last token").hasSize(20);
    }

    private static HeardSequence submit(Scheduler scheduler, int[] prompt, int maxTokens) {
        HeardSequence heard = new HeardSequence();
        scheduler.submit(GenerationRequest.of(prompt, maxTokens, Set.of(), SamplingParameters.greedy()), heard);
        return heard;
    }

    private static int[] prompt(int start, int length) {
        return IntStream.range(0, length).map(i -> (7 * i + start) % VOCABULARY).toArray();
    }
}
