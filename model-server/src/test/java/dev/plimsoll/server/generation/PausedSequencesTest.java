package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.server.engine.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who does not take its tokens takes no steps, holds nothing, and goes on where it was. */
class PausedSequencesTest {
    private static final int VOCABULARY = SummingEngine.VOCABULARY;

    private static final class Heard implements TokenListener {
        private final List<Integer> ids = new ArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();

        @Override
        public boolean token(GeneratedToken token) {
            return ids.add(token.id());
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
            ends.add(reason.toString());
        }

        @Override
        public void failed(Exception cause) {
            ends.add("failed " + cause.getMessage());
        }
    }

    @Test
    void itsSlotAndItsPagesAreOthers() throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, 1);
        Scheduler scheduler = new Scheduler(engine, 100);
        List<Heard> slow = new ArrayList<>();
        List<Handle> handles = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            slow.add(new Heard());
            handles.add(scheduler.submit(request(prompt(i, 20), 40), slow.get(i)));
        }
        Heard other = new Heard();
        scheduler.submit(request(prompt(9, 10), 30), other);
        List<Integer> whenPaused = new ArrayList<>();
        engine.beforeStep = () -> {
            if (whenPaused.isEmpty() && slow.stream().allMatch(one -> one.ids.size() >= 2)) {
                handles.forEach(Handle::pause);
                slow.forEach(one -> whenPaused.add(one.ids.size()));
            }
            if (other.ids.size() == 10) {
                for (int i = 0; i < 3; i++) {
                    assertThat(slow.get(i).ids.size() - whenPaused.get(i))
                            .as("of the step that had begun")
                            .isBetween(0, 1);
                }
                assertThat(scheduler.paused()).isEqualTo(3);
                assertThat(scheduler.running()).isEqualTo(1);
                handles.forEach(Handle::resume);
            }
        };
        scheduler.drain();
        scheduler.run();
        assertThat(other.ids).isEqualTo(alone(prompt(9, 10), 30));
        for (int i = 0; i < 3; i++) {
            assertThat(slow.get(i).ids).isEqualTo(alone(prompt(i, 20), 40));
            assertThat(slow.get(i).ends).containsExactly("LENGTH");
        }
        assertThat(engine.cache().tokensFound()).as("read again").isPositive();
    }

    @ParameterizedTest(name = "{0} pages, {1} steps under way")
    @CsvSource({"4, 1", "5, 2", "12, 2"})
    void whateverTheMomentsTheTokensAreTheSame(int pages, int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(pages, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        Random random = new Random(pages);
        List<Heard> heard = new ArrayList<>();
        List<Handle> handles = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            heard.add(new Heard());
            handles.add(scheduler.submit(request(prompt(i, 1 + i), 40), heard.get(i)));
        }
        engine.beforeStep = () -> {
            Handle one = handles.get(random.nextInt(20));
            if (random.nextBoolean()) {
                one.pause();
            } else {
                one.resume();
            }
        };
        Thread engineThread = Thread.ofPlatform().start(() -> {
            try {
                scheduler.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        scheduler.drain();
        await().until(() -> {
            handles.get(random.nextInt(20)).resume();
            return heard.stream().allMatch(one -> !one.ends.isEmpty());
        });
        engineThread.join();
        for (int i = 0; i < 20; i++) {
            assertThat(heard.get(i).ends).containsExactly("LENGTH");
            assertThat(heard.get(i).ids).as("sequence %d", i).isEqualTo(alone(prompt(i, 1 + i), 40));
        }
        assertThat(engine.cache().available()).isEqualTo(pages);
    }

    @Test
    void oneThatIsCancelledOrLateOrOfAServerThatEndsIsGone() throws InterruptedException {
        Scheduler scheduler = new Scheduler(new SummingEngine(12, 1), 100);
        Heard cancelled = new Heard();
        Heard ended = new Heard();
        Handle one = scheduler.submit(request(prompt(1, 3), 40), cancelled);
        Handle two = scheduler.submit(request(prompt(2, 3), 40), ended);
        one.pause();
        two.pause();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread engine = Thread.ofPlatform().start(() -> {
            try {
                scheduler.run();
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        await().until(() -> scheduler.paused() == 2);
        one.cancel();
        await().until(() -> scheduler.paused() == 1);
        assertThat(cancelled.ends).isEmpty();
        scheduler.abort(new IllegalStateException("told to stop"));
        engine.join();
        assertThat(ended.ends).containsExactly("failed told to stop");
        assertThat(thrown.get()).isNull();
    }

    private static GenerationRequest request(int[] prompt, int maxTokens) {
        return GenerationRequest.of(
                prompt, Math.min(maxTokens, 64 - prompt.length), Set.of(), SamplingParameters.greedy());
    }

    private static int[] prompt(int kind, int length) {
        return IntStream.range(0, length).map(i -> (7 * i + kind) % VOCABULARY).toArray();
    }

    private static List<Integer> alone(int[] prompt, int count) {
        int sum = IntStream.of(prompt).sum();
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < Math.min(count, 64 - prompt.length); i++) {
            ids.add(sum % VOCABULARY);
            sum += ids.getLast();
        }
        return ids;
    }
}
