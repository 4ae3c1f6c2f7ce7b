package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.engine.SamplingParameters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What fails is told to whom it concerns, and to nobody else. */
class FailingSchedulingTest {
    private final SummingEngine model = new SummingEngine(12, 1);
    private final Scheduler scheduler = new Scheduler(model, 10);

    @Test
    void aFailedStepIsToldToEverySequence() {
        List<HeardSequence> heard = List.of(submit(prompt(2), 5, Set.of()), submit(prompt(2), 5, Set.of()));
        model.beforeStep = () -> {
            throw new IllegalStateException("the device is gone");
        };
        assertThatThrownBy(scheduler::run).hasMessage("the device is gone");
        assertThat(heard).allSatisfy(one -> assertThat(one.end).isEqualTo("failed the device is gone"));
        assertThatThrownBy(() -> submit(prompt(2), 1, Set.of())).isInstanceOf(OverloadedException.class);
    }

    @Test
    void aListenerThatThrowsEndsItsSequenceAlone() throws InterruptedException {
        HeardSequence bad = new HeardSequence();
        HeardSequence deep = new HeardSequence();
        scheduler.submit(request(prompt(2), 5, Set.of()), bad);
        scheduler.submit(request(prompt(2), 5, Set.of()), deep);
        HeardSequence good = submit(prompt(5), 5, Set.of());
        bad.onToken = () -> {
            throw new IllegalStateException("no such text");
        };
        deep.onToken = () -> {
            throw new StackOverflowError();
        };
        drain();
        assertThat(bad.end).isEqualTo("failed no such text");
        assertThat(deep.end).startsWith("failed");
        assertThat(good.ids).isEqualTo(SummingEngine.alone(prompt(5), 5));
    }

    @Test
    void logitsThatAreNoNumbersEndTheirSequenceAlone() throws InterruptedException {
        HeardSequence bad = new HeardSequence();
        model.notANumber = 41;
        scheduler.submit(
                GenerationRequest.of(
                        new int[] {41}, 5, Set.of(), new SamplingParameters(1, 0, 0.9f, 0, 0, 0, 1, Map.of(), 1, -1)),
                bad);
        HeardSequence good = submit(prompt(5), 5, Set.of());
        drain();
        assertThat(bad.end).isEqualTo("failed the model computed logits that are not finite");
        assertThat(good.ids).isEqualTo(SummingEngine.alone(prompt(5), 5));
    }

    @Test
    void anErrorOfAStepIsToldAndThrown() {
        HeardSequence heard = submit(prompt(2), 5, Set.of());
        HeardSequence throwing = new HeardSequence() {
            @Override
            public void failed(Exception cause) {
                throw new IllegalStateException("the client is gone");
            }
        };
        scheduler.submit(request(prompt(2), 5, Set.of()), throwing);
        HeardSequence last = submit(prompt(2), 5, Set.of());
        model.beforeStep = () -> {
            throw new InternalError("the device is gone");
        };
        assertThatThrownBy(scheduler::run).isInstanceOf(InternalError.class);
        assertThat(List.of(heard.end, last.end)).allMatch(end -> end.contains("the device is gone"));
    }

    @Test
    void abortingTellsWhatRunsAndWhatWaits() throws InterruptedException {
        List<HeardSequence> heard = IntStream.range(0, 6)
                .mapToObj(i -> submit(prompt(2), 60, Set.of()))
                .toList();
        model.beforeStep = () -> scheduler.abort(new IllegalStateException("the pod ends"));
        scheduler.run();
        assertThat(heard).allSatisfy(one -> assertThat(one.end).isEqualTo("failed the pod ends"));
        assertThat(scheduler.running() + scheduler.waiting()).isZero();
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
                .map(i -> (7 * i + length) % SummingEngine.VOCABULARY)
                .toArray();
    }
}
