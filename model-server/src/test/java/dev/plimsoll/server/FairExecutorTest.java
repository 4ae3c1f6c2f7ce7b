package dev.plimsoll.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Whose task runs next. */
class FairExecutorTest {
    private static final int TASKS = 20_000;

    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    /** Threads that look for work at the same moment must not take one task twice: what fails is logged. */
    @Test
    void everyTaskIsTakenOnce() throws InterruptedException {
        ConcurrentLinkedQueue<LogRecord> logged = new ConcurrentLinkedQueue<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(FairExecutor.class.getName());
        log.addHandler(handler);
        CountDownLatch run = new CountDownLatch(TASKS);
        try (FairExecutor executor = new FairExecutor("fair", 4)) {
            for (int i = 0; i < TASKS; i++) {
                executor.execute(List.of("a", "b").get(i % 2), run::countDown);
            }
            run.await();
        } finally {
            log.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
        assertThat(run.getCount()).isZero();
    }

    @Test
    void clientsTakeTurns() throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(6);
        try (FairExecutor executor = new FairExecutor("test", 1)) {
            executor.execute("first", () -> await(begin));
            for (int i = 0; i < 5; i++) {
                String name = "many" + i;
                executor.execute("many", () -> run(name, end));
            }
            executor.execute("one", () -> run("one", end));
            assertThat(executor.waiting()).isGreaterThanOrEqualTo(6);
            begin.countDown();
            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ran.indexOf("one")).isLessThan(2);
        assertThat(ran)
                .filteredOn(name -> name.startsWith("many"))
                .containsExactly("many0", "many1", "many2", "many3", "many4");
    }

    @Test
    void oneClientNeverHasAllThreads() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (FairExecutor executor = new FairExecutor("test", 2)) {
            for (int i = 0; i < 10; i++) {
                executor.execute("stuck", () -> await(stuck));
            }
            executor.execute("other", () -> run("other", end));
            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
            stuck.countDown();
        }
        assertThat(ran).containsExactly("other");
    }

    @Test
    void aTaskThatFailsEndsNoThread() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        try (FairExecutor executor = new FairExecutor("test", 1)) {
            executor.execute("a", () -> {
                throw new IllegalStateException("no such field");
            });
            executor.execute("a", () -> run("next", end));
            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void run(String name, CountDownLatch end) {
        ran.add(name);
        end.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
