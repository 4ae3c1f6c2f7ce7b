package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A fleet of which nothing changes, some of it under load, has its status written not once, unless its memory moves; one
 * that loads, at most once a second. Seconds of the first are {@code -Dplimsoll.steady=600}, of load before it
 * {@code -Dplimsoll.warmup=480}: a heap grows for minutes. What was counted is in target/steady-state.txt.
 */
@Isolated
class SteadyStateE2E {
    private static final int FLEET = 50;
    private static final int SERVING = 4;
    private static final Duration STEADY = Duration.ofSeconds(Integer.getInteger("plimsoll.steady", 60));
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("plimsoll.warmup", 0));
    private static final Duration QUIET = Duration.ofSeconds(20);
    private static final Duration SETTLED_BY = Duration.ofMinutes(4);
    private static final Duration LOADING = Duration.ofSeconds(20);

    @Test
    void aFleetThatServesUnderLoadIsNotWrittenOf() throws Exception {
        try (Cluster cluster = new Cluster("e2e-steady");
                TinyModel tiny = new TinyModel(cluster)) {
            new Operator(cluster.client()).awaitAllReady();
            for (int i = 0; i < FLEET; i++) {
                cluster.apply(name(i), tiny.spec() + (i < SERVING ? "" : "replicas: 0\n"));
            }
            List<Journal> journals = new ArrayList<>();
            for (int i = 0; i < FLEET; i++) {
                Journal journal = new Journal(cluster, name(i));
                journal.await("Ready", seen -> seen.is("Ready", "True"));
                journals.add(journal);
            }
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                AtomicBoolean ends = new AtomicBoolean();
                AtomicBoolean warm = new AtomicBoolean();
                List<Future<Integer>> loads = new ArrayList<>();
                Instant begin;
                StatusWrites before;
                StatusWrites after;
                try {
                    for (int i = 0; i < SERVING; i++) {
                        String name = name(i);
                        loads.add(clients.submit(() -> askUntil(ends, warm, cluster, name)));
                    }
                    Thread.sleep(WARM_UP);
                    settle(cluster);
                    warm.set(true);
                    begin = Instant.now();
                    before = StatusWrites.count(cluster);
                    Thread.sleep(STEADY);
                    after = StatusWrites.count(cluster);
                } finally {
                    ends.set(true);
                }
                int requests = 0;
                for (Future<Integer> load : loads) {
                    requests += load.get();
                }
                String told = "%d deployments, %d of them under load (%d requests answered), %d s: %d status writes"
                        .formatted(FLEET, SERVING, requests, STEADY.toSeconds(), after.since(before));
                put(told);
                List<List<Seen>> written = journals.stream()
                        .map(journal -> journal.standing(begin))
                        .toList();
                assertThat(written.stream().flatMap(SteadyStateE2E::idleChanges))
                        .as(told)
                        .isEmpty();
                assertThat(after.since(before))
                        .as(told + "; memory that moved is news, once for a deployment under load")
                        .isLessThanOrEqualTo(
                                written.stream().filter(seen -> seen.size() > 1).count())
                        .isLessThanOrEqualTo(SERVING);
                assertThat(requests).isGreaterThan(SERVING);
            } finally {
                journals.forEach(Journal::close);
            }
        }
    }

    @Test
    void aLoadIsWrittenOfAtMostOnceASecond() throws Exception {
        try (Topology it = new Topology("e2e-slow-load")) {
            Pod real = it.serve();
            try (Impersonation _ = new Impersonation(it.cluster(), it.cluster().rawReport(real))) {
                it.cluster().client().resource(real).delete();
                Journal.PodSeen impostor = it.journal()
                        .awaitPod(
                                "the impostor",
                                seen -> !seen.isOf(real.getMetadata().getUid()) && seen.isReady());
                Impersonation.behave(it.cluster(), impostor.pod(), "Load");
                it.journal().await("the load's progress", seen -> seen.is("Ready", "False", "Loading"));

                Instant begin = Instant.now();
                StatusWrites before = StatusWrites.count(it.cluster());
                Thread.sleep(LOADING);
                StatusWrites after = StatusWrites.count(it.cluster());
                long seconds = Duration.between(begin, Instant.now()).toSeconds();
                String told =
                        "A load of a minute, %d s of it: %d status writes".formatted(seconds, after.since(before));
                put(told);
                assertThat(after.since(before)).as(told).isBetween(1L, seconds + 1);
            }
        }
    }

    /**
     * Memory that grows with the first thousands of requests is news, a few times: they are asked without a pause, until
     * there has been none for a while.
     */
    private static void settle(Cluster cluster) throws InterruptedException {
        Instant deadline = Instant.now().plus(SETTLED_BY);
        StatusWrites before = StatusWrites.count(cluster);
        Instant quietSince = Instant.now();
        while (Instant.now().isBefore(quietSince.plus(QUIET))) {
            assertThat(Instant.now()).as("a fleet at rest").isBefore(deadline);
            Thread.sleep(1000);
            StatusWrites now = StatusWrites.count(cluster);
            quietSince = now.equals(before) ? quietSince : Instant.now();
            before = now;
        }
    }

    /** What each status said otherwise than the one before it, but for memory that had moved. */
    private static Stream<String> idleChanges(List<Seen> standing) {
        return IntStream.range(1, standing.size())
                .filter(i -> !MemoryNews.isAll(
                        standing.get(i - 1).status(), standing.get(i).status()))
                .mapToObj(i -> {
                    List<String> before = standing.get(i - 1)
                            .status()
                            .toPrettyString()
                            .lines()
                            .toList();
                    List<String> after =
                            standing.get(i).status().toPrettyString().lines().toList();
                    return standing.get(i).object().at("/metadata/name").asText() + " at "
                            + standing.get(i).at() + ":\n"
                            + after.stream()
                                    .filter(line -> !before.contains(line))
                                    .collect(Collectors.joining("\n"))
                            + "\ninstead of\n"
                            + before.stream()
                                    .filter(line -> !after.contains(line))
                                    .collect(Collectors.joining("\n"));
                });
    }

    /** Seldom, once they are warm. */
    private static int askUntil(AtomicBoolean ends, AtomicBoolean warm, Cluster cluster, String name) throws Exception {
        int answered = 0;
        while (!ends.get()) {
            Map<String, Object> question = Map.of("prompt", List.of(1, 2, 3), "max_tokens", 32, "ignore_eos", true);
            if (cluster.post(name, "/v1/completions", question).statusCode() == 200) {
                answered++;
            }
            Thread.sleep(warm.get() ? 100 : 0);
        }
        return answered;
    }

    private static synchronized void put(String line) throws Exception {
        Path file = Path.of("target/steady-state.txt");
        String before = Files.exists(file) ? Files.readString(file) : "";
        Files.writeString(file, before + line + "\n");
        System.out.println(line);
    }

    private static String name(int i) {
        return "model-" + i;
    }
}
