package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.runtime.SequenceModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sequences share steps, and none is the worse for it. */
class SchedulerTest {
    private static final int VOCABULARY = 100;

    /** Says the sum of all tokens of a sequence, so that a token in a wrong slot or place changes every answer. */
    private static final class SummingModel implements SequenceModel {
        private final Map<Integer, List<Integer>> slots = new HashMap<>();
        private final List<Integer> rowsOfSteps = new ArrayList<>();
        private final List<Integer> runsOfSteps = new ArrayList<>();
        private Runnable beforeStep = () -> {};

        @Override
        public int slots() {
            return 3;
        }

        @Override
        public int slotTokens() {
            return 64;
        }

        @Override
        public int maxRunTokens() {
            return 8;
        }

        @Override
        public List<Output> step(List<Run> runs) {
            beforeStep.run();
            rowsOfSteps.add(runs.stream().mapToInt(run -> run.tokens().length).sum());
            runsOfSteps.add(runs.size());
            List<Output> outputs = new ArrayList<>();
            for (Run run : runs) {
                List<Integer> tokens = slots.computeIfAbsent(run.slot(), slot -> new ArrayList<>());
                tokens.subList(run.position(), tokens.size()).clear();
                IntStream.of(run.tokens()).forEach(tokens::add);
                int sum = tokens.stream().mapToInt(Integer::intValue).sum() % VOCABULARY;
                outputs.add(
                        switch (run.wanted()) {
                            case NOTHING -> new Output(-1, new float[0]);
                            case TOKEN -> new Output(sum, new float[0]);
                            case VALUES -> new Output(-1, logits(sum));
                        });
            }
            return outputs;
        }

        private static float[] logits(int likely) {
            float[] logits = new float[VOCABULARY];
            logits[likely] = 1;
            return logits;
        }
    }

    private static final class Heard implements TokenListener {
        private final List<Integer> ids = new ArrayList<>();
        private String end = "";

        @Override
        public boolean token(int id) {
            ids.add(id);
            return true;
        }

        @Override
        public void finished(FinishReason reason, OptionalInt endToken) {
            end = reason + " " + endToken;
        }

        @Override
        public void failed(Exception cause) {
            end = "failed " + cause.getMessage();
        }
    }

    private final SummingModel model = new SummingModel();
    private final Scheduler scheduler = new Scheduler(model, 10);

    @Test
    void eachSequenceGetsWhatItWouldGetAlone() throws InterruptedException {
        List<Heard> heard = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            heard.add(submit(prompt(3 + 4 * i), 5, Set.of()));
        }
        drain();
        for (int i = 0; i < 7; i++) {
            assertThat(heard.get(i).ids).as("prompt of " + (3 + 4 * i)).isEqualTo(alone(prompt(3 + 4 * i), 5));
            assertThat(heard.get(i).end).isEqualTo("LENGTH OptionalInt.empty");
        }
        assertThat(model.runsOfSteps).contains(3);
    }

    @Test
    void sequencesThatDrawTokensShareStepsWithOthers() throws InterruptedException {
        Heard drawn = new Heard();
        scheduler.submit(prompt(9), new Sampling(5, 0.001, 0.5, 1, Set.of()), drawn);
        Heard likely = submit(prompt(3), 5, Set.of());
        drain();
        assertThat(drawn.ids).isEqualTo(alone(prompt(9), 5));
        assertThat(likely.ids).isEqualTo(alone(prompt(3), 5));
        assertThat(model.runsOfSteps).contains(2);
    }

    @Test
    void noStepHasMoreRowsThanTheWorkspaceWasSizedFor() throws InterruptedException {
        for (int i = 0; i < 6; i++) {
            submit(prompt(40), 4, Set.of());
        }
        drain();
        assertThat(model.rowsOfSteps).allMatch(rows -> rows <= 8);
    }

    @Test
    void anEndTokenEndsASequence() throws InterruptedException {
        List<Integer> free = alone(prompt(4), 6);
        Heard heard = submit(prompt(4), 6, Set.of(free.get(2)));
        drain();
        assertThat(heard.ids).isEqualTo(free.subList(0, 2));
        assertThat(heard.end).isEqualTo("STOP OptionalInt[" + free.get(2) + "]");
    }

    @Test
    void aCancelledSequenceGivesItsSlotBack() throws InterruptedException {
        Heard dropped = new Heard();
        Sequence first = scheduler.submit(prompt(2), sampling(60, Set.of()), dropped);
        List<Heard> others =
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

    @Test
    void aFailedStepIsToldToEverySequence() {
        List<Heard> heard = List.of(submit(prompt(2), 5, Set.of()), submit(prompt(2), 5, Set.of()));
        model.beforeStep = () -> {
            throw new IllegalStateException("the device is gone");
        };
        assertThatThrownBy(scheduler::run).hasMessage("the device is gone");
        assertThat(heard).allSatisfy(one -> assertThat(one.end).isEqualTo("failed the device is gone"));
        assertThatThrownBy(() -> submit(prompt(2), 1, Set.of())).isInstanceOf(OverloadedException.class);
    }

    private Heard submit(int[] prompt, int maxTokens, Set<Integer> endIds) {
        Heard heard = new Heard();
        scheduler.submit(prompt, sampling(maxTokens, endIds), heard);
        return heard;
    }

    private void drain() throws InterruptedException {
        scheduler.drain();
        scheduler.run();
    }

    private static Sampling sampling(int maxTokens, Set<Integer> endIds) {
        return new Sampling(maxTokens, 0, 1, 0, endIds);
    }

    private static int[] prompt(int length) {
        return IntStream.range(0, length)
                .map(i -> (7 * i + length) % VOCABULARY)
                .toArray();
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

    @Test
    void anInputToEmbedIsReadInOneStep() throws InterruptedException {
        List<String> heard = new ArrayList<>();
        for (int length : new int[] {5, 6, 8, 1}) {
            scheduler.embed(IntStream.range(0, length).toArray(), new VectorListener() {
                @Override
                public void embedded(float[] vector) {
                    heard.add(length + " tokens, " + vector.length + " wide");
                }

                @Override
                public void failed(Exception cause) {
                    heard.add("failed");
                }
            });
        }
        scheduler.drain();
        scheduler.run();
        assertThat(heard)
                .containsExactlyInAnyOrder(
                        "5 tokens, 100 wide", "6 tokens, 100 wide", "8 tokens, 100 wide", "1 tokens, 100 wide");
        assertThat(model.rowsOfSteps).allMatch(rows -> rows <= 8);
        assertThat(model.runsOfSteps.stream().mapToInt(Integer::intValue).sum())
                .as("one run each")
                .isEqualTo(4);
    }
}
