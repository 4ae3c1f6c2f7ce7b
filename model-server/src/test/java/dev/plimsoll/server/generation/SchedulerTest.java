package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.engine.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sequences share steps, and none is the worse for it. */
class SchedulerTest {
    private static final int VOCABULARY = SummingEngine.VOCABULARY;

    private final SummingEngine model = new SummingEngine(12, 1);
    private final Scheduler scheduler = new Scheduler(model, 10);

    @Test
    void eachSequenceGetsWhatItWouldGetAlone() throws InterruptedException {
        List<HeardSequence> heard = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            heard.add(submit(prompt(3 + 4 * i), 5, Set.of()));
        }
        drain();
        for (int i = 0; i < 7; i++) {
            assertThat(heard.get(i).ids)
                    .as("prompt of " + (3 + 4 * i))
                    .isEqualTo(SummingEngine.alone(prompt(3 + 4 * i), 5));
            assertThat(heard.get(i).end).isEqualTo("LENGTH");
        }
        assertThat(model.rows).contains(3);
    }

    @Test
    void sequencesThatDrawTokensShareStepsWithOthers() throws InterruptedException {
        HeardSequence drawn = new HeardSequence();
        scheduler.submit(
                GenerationRequest.of(
                        prompt(9), 5, Set.of(), new SamplingParameters(0.001f, 0, 0.5f, 0, 0, 0, 1, Map.of(), 1, -1)),
                drawn);
        HeardSequence likely = submit(prompt(3), 5, Set.of());
        drain();
        assertThat(drawn.ids).isEqualTo(SummingEngine.alone(prompt(9), 5));
        assertThat(likely.ids).isEqualTo(SummingEngine.alone(prompt(3), 5));
        assertThat(model.rows).contains(2);
    }

    @Test
    void noStepHasMoreRowsThanTheWorkspaceWasSizedFor() throws InterruptedException {
        for (int i = 0; i < 6; i++) {
            submit(prompt(40), 4, Set.of());
        }
        drain();
        assertThat(model.tokens).isNotEmpty().allMatch(rows -> rows <= 8);
    }

    @Test
    void anEndTokenEndsASequence() throws InterruptedException {
        List<Integer> free = SummingEngine.alone(prompt(4), 6);
        HeardSequence heard = submit(prompt(4), 6, Set.of(free.get(2)));
        drain();
        assertThat(heard.ids).isEqualTo(free.subList(0, 2));
        assertThat(heard.end).isEqualTo("STOP " + free.get(2));
    }

    @Test
    void aCancelledSequenceGivesItsSlotBack() throws InterruptedException {
        HeardSequence dropped = new HeardSequence();
        Handle first = scheduler.submit(request(prompt(2), 60, Set.of()), dropped);
        List<HeardSequence> others =
                List.of(submit(prompt(3), 3, Set.of()), submit(prompt(4), 3, Set.of()), submit(prompt(5), 3, Set.of()));
        model.beforeStep = () -> {
            if (dropped.ids.size() == 2) {
                first.cancel();
            }
        };
        drain();
        assertThat(dropped.ids).hasSizeLessThan(5);
        assertThat(dropped.end).isEmpty();
        assertThat(others).allSatisfy(heard -> assertThat(heard.ids).hasSize(3));
    }

    @Test
    void moreThanMayWaitAreTurnedAway() {
        for (int i = 0; i < 10; i++) {
            submit(prompt(2), 1, Set.of());
        }
        assertThatThrownBy(() -> submit(prompt(2), 1, Set.of()))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("10 requests wait already");
    }

    @Test
    void whileDrainingNothingIsTaken() {
        scheduler.drain();
        assertThatThrownBy(() -> submit(prompt(2), 1, Set.of())).isInstanceOf(OverloadedException.class);
    }

    private HeardSequence submit(int[] prompt, int maxTokens, Set<Integer> endIds) {
        HeardSequence heard = new HeardSequence();
        scheduler.submit(request(prompt, maxTokens, endIds), heard);
        return heard;
    }

    private void drain() throws InterruptedException {
        scheduler.drain();
        scheduler.run();
    }

    private static GenerationRequest request(int[] prompt, int maxTokens, Set<Integer> endIds) {
        return GenerationRequest.of(prompt, maxTokens, endIds, SamplingParameters.greedy());
    }

    private static int[] prompt(int length) {
        return IntStream.range(0, length)
                .map(i -> (7 * i + length) % VOCABULARY)
                .toArray();
    }

    @Test
    void inputsToEmbedAreReadInOneStepEach() throws InterruptedException {
        SummingEngine encoder = SummingEngine.encoder();
        List<String> heard = embed(new Scheduler(encoder, 1), 5, 6, 8, 1);
        assertThat(heard).containsExactlyInAnyOrder("0: 5 tokens", "1: 6 tokens", "2: 8 tokens", "3: 1 tokens");
        assertThat(encoder.tokens).isNotEmpty().allMatch(rows -> rows <= 8);
        assertThat(encoder.rows.stream().mapToInt(Integer::intValue).sum())
                .as("one run each")
                .isEqualTo(4);
    }

    private static List<String> embed(Scheduler scheduler, int... lengths) throws InterruptedException {
        List<String> heard = new ArrayList<>();
        List<int[]> inputs = IntStream.of(lengths)
                .mapToObj(length -> IntStream.range(0, length).toArray())
                .toList();
        scheduler.embed(new EmbeddingInputs(inputs, 0, "", Duration.ofHours(1)), new VectorListener() {
            @Override
            public void embedded(int index, float[] vector) {
                assertThat(vector[0]).isEqualTo(IntStream.of(inputs.get(index)).sum() % VOCABULARY);
                heard.add(index + ": " + inputs.get(index).length + " tokens");
            }

            @Override
            public void failed(Exception cause) {
                heard.add("failed");
            }
        });
        scheduler.drain();
        scheduler.run();
        return heard;
    }

    @Test
    void whatTheModelDoesNotTakeIsRefusedWhenItIsSubmitted() {
        assertRefused(GenerationRequest.of(new int[] {VOCABULARY}, 1, Set.of(), SamplingParameters.greedy()), "100");
        assertRefused(GenerationRequest.of(new int[] {-1}, 1, Set.of(), SamplingParameters.greedy()), "-1");
        assertRefused(GenerationRequest.of(new int[0], 1, Set.of(), SamplingParameters.greedy()), "no token");
        assertRefused(request(prompt(64), 1, Set.of()), "at most 64");
        assertRefused(request(prompt(4), 0, Set.of()), "no token");
        assertRefused(request(prompt(4), 1, Set.of(VOCABULARY)), "token 100 does not exist");
        assertThatThrownBy(() -> embed(new Scheduler(SummingEngine.encoder(), 1), 9))
                .isInstanceOf(InvalidSequenceException.class)
                .hasMessageContaining("at most 8");
    }

    private void assertRefused(GenerationRequest request, String why) {
        assertThatThrownBy(() -> scheduler.submit(request, new HeardSequence()))
                .isInstanceOf(InvalidSequenceException.class)
                .hasMessageContaining(why);
    }

    @Test
    void theSequencesOfARequestAreTakenTogetherOrNotAtAll() throws InterruptedException {
        List<HeardSequence> heard = List.of(new HeardSequence(), new HeardSequence());
        assertThatThrownBy(() -> scheduler.submit(
                        List.of(request(prompt(2), 3, Set.of()), request(prompt(64), 3, Set.of())), heard))
                .isInstanceOf(InvalidSequenceException.class);
        assertThat(scheduler.waiting()).isZero();
        scheduler.submit(List.of(request(prompt(2), 3, Set.of()), request(prompt(7), 3, Set.of())), heard);
        assertThat(scheduler.waiting()).isEqualTo(1);
        drain();
        assertThat(heard)
                .extracting(one -> one.ids)
                .containsExactly(SummingEngine.alone(prompt(2), 3), SummingEngine.alone(prompt(7), 3));
    }

    @Test
    void cancelledRequestsDoNotCountAsWaiting() {
        List<Handle> all = IntStream.range(0, 10)
                .mapToObj(i -> scheduler.submit(request(prompt(2), 1, Set.of()), new HeardSequence()))
                .toList();
        assertThat(scheduler.waiting()).isEqualTo(10);
        all.forEach(Handle::cancel);
        submit(prompt(2), 1, Set.of());
        assertThat(scheduler.waiting()).isEqualTo(1);
    }

    @Test
    void whatIsNotCompleteAtItsDeadlineFailsAlone() throws InterruptedException {
        AtomicLong now = new AtomicLong();
        Scheduler timed = new Scheduler(model, 10, now::get, Duration.ZERO);
        model.beforeStep = () -> now.addAndGet(1_000_000_000);
        HeardSequence late = new HeardSequence();
        HeardSequence waiting = new HeardSequence();
        HeardSequence patient = new HeardSequence();
        timed.submit(within(5, 20), late);
        timed.submit(within(60, 10), patient);
        timed.submit(within(60, 10), new HeardSequence());
        timed.submit(within(2, 20), waiting);
        timed.drain();
        timed.run();
        assertThat(late.ids).hasSizeBetween(3, 6);
        assertThat(late.end).startsWith("failed the answer was not complete");
        assertThat(waiting.ids).isEmpty();
        assertThat(waiting.end).startsWith("failed the answer was not complete");
        assertThat(patient.ids).hasSize(10);
    }

    private static GenerationRequest within(int seconds, int tokens) {
        return new GenerationRequest(
                prompt(2),
                tokens,
                0,
                Set.of(),
                SamplingParameters.greedy(),
                -1,
                null,
                0,
                "",
                Duration.ofSeconds(seconds));
    }
}
