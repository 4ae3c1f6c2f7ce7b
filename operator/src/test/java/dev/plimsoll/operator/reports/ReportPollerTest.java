package dev.plimsoll.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.operator.Vitals;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.replicas.ReportFailure;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The polling goes on whatever happens, within its bounds, and says what it knows of each pod. */
class ReportPollerTest {
    private static final ResourceID MODEL = new ResourceID("m", "ns");
    private static final Duration STALE = Duration.ofSeconds(20);

    private final Moved clock = new Moved();
    private final Vitals vitals = new Vitals();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Queue<ResourceID> news = new ConcurrentLinkedQueue<>();
    private final Route route = new Route();
    private ReportPoller poller = poller(Duration.ofMillis(20), Duration.ofMillis(40));

    private ReportPoller poller(Duration loading, Duration serving) {
        return new ReportPoller(
                route, new Pace(loading, serving, new Random(1)), STALE, clock, vitals, new ReportMetrics(registry));
    }

    @AfterEach
    void stop() {
        poller.stop();
    }

    @Test
    void aPodThatAnswersIsBelievedAndToldOnce() {
        poller.start(news::add);
        poller.follow(MODEL, List.of(pod("a")));
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Fresh.class));
        patiently(() -> assertThat(route.asked("a")).isGreaterThan(5));
        assertThat(news).containsExactly(MODEL);
    }

    @Test
    void whatFailsIsKeptWithItsCauseAndToldOnceForEachCause() {
        route.answers = pod -> failed(ReportFailure.REFUSED);
        poller.start(news::add);
        poller.follow(MODEL, List.of(pod("a")));
        patiently(() -> assertThat(poller.known("a").failure().map(ReportFailure::cause))
                .contains(ReportFailure.REFUSED));
        patiently(() -> assertThat(route.asked("a")).isGreaterThan(5));
        assertThat(news).hasSize(1);
        route.answers = pod -> failed(ReportFailure.HTTP_STATUS);
        patiently(() -> assertThat(poller.known("a").failure().map(ReportFailure::cause))
                .contains(ReportFailure.HTTP_STATUS));
        patiently(() -> assertThat(news).hasSize(2));
        assertThat(registry.counter("plimsoll.reports.failures", "cause", "Refused")
                        .count())
                .isPositive();
    }

    @Test
    void silenceIsToldWhenTheLastReportBecomesTooOld() {
        poller.start(news::add);
        poller.follow(MODEL, List.of(pod("a")));
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Fresh.class));
        route.answers = pod -> failed(ReportFailure.TIMED_OUT);
        patiently(() -> assertThat(registry.counter("plimsoll.reports.failures", "cause", "TimedOut")
                        .count())
                .isPositive());
        assertThat(poller.known("a")).isInstanceOf(KnownReport.Fresh.class);
        assertThat(news).hasSize(1);
        clock.by = STALE;
        patiently(() -> assertThat(news).hasSize(2));
        assertThat(poller.known("a")).isInstanceOfSatisfying(KnownReport.Stale.class, stale -> assertThat(stale.cause())
                .isNotNull());
        assertThat(registry.get("plimsoll.reports.oldest").gauge().value()).isGreaterThanOrEqualTo(20);
        route.answers = Route::serving;
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Fresh.class));
        patiently(() -> assertThat(news).hasSize(3));
    }

    @Test
    void aPodOfWhichKubernetesSeesSomethingNewIsAskedAtOnce() {
        poller = poller(Duration.ofHours(1), Duration.ofHours(1));
        route.answers = pod -> failed(ReportFailure.REFUSED);
        poller.start(news::add);
        poller.follow(MODEL, List.of(pod("a")));
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Failed.class));
        poller.follow(MODEL, List.of(pod("a")));
        assertThat(route.asked("a")).isEqualTo(1);
        route.answers = Route::serving;
        Pod ready = pod("a");
        ready.getStatus()
                .getConditions()
                .add(new PodConditionBuilder()
                        .withType("Ready")
                        .withStatus("True")
                        .build());
        poller.follow(MODEL, List.of(ready));
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Fresh.class));
        poller.follow(MODEL, List.of(ready));
        assertThat(route.asked("a")).isEqualTo(2);
    }

    @Test
    void whatAnEarlierRunOfItsServerSaidIsForgotten() {
        poller.start(news::add);
        poller.follow(MODEL, List.of(run("a", "run-1")));
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Fresh.class));
        Instant seen = poller.firstSeen("a");
        route.answers = pod -> new CompletableFuture<>();
        clock.by = STALE.multipliedBy(2);
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Stale.class));
        poller.follow(MODEL, List.of(run("a", "run-2")));
        assertThat(poller.known("a")).isInstanceOf(KnownReport.NotAsked.class);
        assertThat(poller.firstSeen("a")).isAfterOrEqualTo(seen.plus(STALE));
    }

    private static Pod run(String uid, String containerId) {
        Pod pod = pod(uid);
        pod.getStatus()
                .setContainerStatuses(List.of(new ContainerStatusBuilder()
                        .withName("server")
                        .withContainerID(containerId)
                        .build()));
        return pod;
    }

    @Test
    void aListenerThatThrowsEndsNothing() {
        poller.start(model -> {
            news.add(model);
            throw new IllegalStateException("thrown by a test");
        });
        poller.follow(MODEL, List.of(pod("a")));
        patiently(() -> assertThat(route.asked("a")).isGreaterThan(3));
        poller.follow(MODEL, List.of(pod("a"), pod("b")));
        patiently(() -> assertThat(poller.known("b")).isInstanceOf(KnownReport.Fresh.class));
        assertThat(vitals.fatal()).isEmpty();
    }

    @Test
    void aRouteThatThrowsEndsNothing() {
        route.answers = pod -> {
            throw new IllegalStateException("thrown by a test");
        };
        poller.start(news::add);
        poller.follow(MODEL, List.of(pod("a")));
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Failed.class));
        route.answers = Route::serving;
        patiently(() -> assertThat(poller.known("a")).isInstanceOf(KnownReport.Fresh.class));
    }

    @Test
    void anErrorMakesTheProcessCallItselfDead() {
        route.answers = pod -> {
            throw new OutOfMemoryError("thrown by a test");
        };
        poller.start(news::add);
        poller.follow(MODEL, List.of(pod("a")));
        patiently(() -> assertThat(vitals.fatal()).isPresent());
    }

    @Test
    void onlyPodsThatRunAndAreFollowedAreAsked() {
        poller.start(news::add);
        Pod pending = pod("pending");
        pending.getStatus().setPhase("Pending");
        Pod ending = pod("ending");
        ending.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        Pod nowhere = pod("nowhere");
        nowhere.getStatus().setPodIP(null);
        poller.follow(MODEL, List.of(pending, ending, nowhere, pod("runs")));
        patiently(() -> assertThat(route.asked("runs")).isGreaterThan(5));
        assertThat(route.asked.keySet()).containsExactly("runs");
        assertThat(poller.known("pending")).isInstanceOf(KnownReport.NotAsked.class);
        poller.forget(MODEL);
        assertThat(poller.known("runs")).isInstanceOf(KnownReport.NotAsked.class);
        poller.follow(MODEL, List.of(pending));
        int before = route.asked("runs");
        poller.follow(new ResourceID("other", "ns"), List.of(pod("other")));
        patiently(() -> assertThat(route.asked("other")).isGreaterThan(5));
        assertThat(route.asked("runs")).isLessThanOrEqualTo(before + 1);
    }

    @Test
    void tenThousandPodsAreAskedSoManyAtOnce() {
        route.delay = Duration.ofMillis(20);
        poller.start(news::add);
        poller.follow(
                MODEL, IntStream.range(0, 10_000).mapToObj(i -> pod("uid-" + i)).toList());
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        IntStream.range(0, 10_000).filter(i -> poller.known("uid-" + i) instanceof KnownReport.Fresh))
                .hasSize(10_000));
        assertThat(route.mostAtOnce.get()).isBetween(2, 64);
    }

    @Test
    void eachTickIsSeen() {
        assertThat(poller.sinceLastTick()).isEmpty();
        poller.start(news::add);
        patiently(() -> assertThat(route.asked).isEmpty());
        assertThat(poller.sinceLastTick()).isPresent();
    }

    private static CompletableFuture<Reply> failed(ReportFailure.Cause cause) {
        return CompletableFuture.completedFuture(new Reply.Failed(new ReportFailure(cause, "said by a test")));
    }

    private static void patiently(org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertion);
    }

    static Pod pod(String uid) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(uid)
                .withNamespace("ns")
                .withUid(uid)
                .endMetadata()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("127.0.0.1")
                .endStatus()
                .build();
    }

    /** Answers in the place of pods. */
    private static final class Route implements ReportRoute {
        final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger mostAtOnce = new AtomicInteger();
        volatile Duration delay = Duration.ZERO;
        volatile Function<PolledPod, CompletableFuture<Reply>> answers = Route::serving;

        int asked(String uid) {
            return asked.getOrDefault(uid, new AtomicInteger()).get();
        }

        static CompletableFuture<Reply> serving(PolledPod pod) {
            return CompletableFuture.completedFuture(
                    new Reply.Body(ReportReaderTest.REPORT.replace("uid-1", pod.uid())));
        }

        @Override
        public CompletableFuture<Reply> ask(PolledPod pod) {
            asked.computeIfAbsent(pod.uid(), uid -> new AtomicInteger()).incrementAndGet();
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            return CompletableFuture.supplyAsync(
                            () -> pod, CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS))
                    .whenComplete((done, thrown) -> atOnce.decrementAndGet())
                    .thenCompose(answers);
        }

        @Override
        public void close() {}
    }

    private static final class Moved extends Clock {
        volatile Duration by = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
