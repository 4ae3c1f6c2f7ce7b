package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.Vitals;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.replicas.ReportFailure;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks each pod that it follows for its report, so many at once and no more, each within a deadline for the whole
 * answer. What was heard last and what failed last are kept for each pod. Nothing that a pod says or that goes wrong
 * here ends the polling; that it goes on can be seen by {@link #sinceLastTick}.
 */
public final class ReportPoller {
    private static final Logger LOG = Logger.getLogger(ReportPoller.class);
    private static final int QUESTIONS_AT_ONCE = 64;
    private static final int READERS = 4;
    private static final long MAX_RETAINED = 32L << 20;
    private static final Duration TICK = Duration.ofMillis(100);

    private final ReportRoute route;
    private final Pace pace;
    private final Duration stale;
    private final Clock clock;
    private final Vitals vitals;
    private final ReportMetrics metrics;

    private final Map<String, Subject> subjects = new ConcurrentHashMap<>();
    private final Map<ResourceID, Set<String>> models = new ConcurrentHashMap<>();
    private final Semaphore questions = new Semaphore(QUESTIONS_AT_ONCE);
    private final Retained retained = new Retained(MAX_RETAINED);
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("report-poller").factory());
    private final ExecutorService readers = Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().daemon().name("report-reader-", 0).factory());
    private volatile Consumer<ResourceID> listener = model -> {};
    private volatile @Nullable Long lastTick;

    ReportPoller(ReportRoute route, Pace pace, Duration stale, Clock clock, Vitals vitals, ReportMetrics metrics) {
        this.route = route;
        this.pace = pace;
        this.stale = stale;
        this.clock = clock;
        this.vitals = vitals;
        this.metrics = metrics;
        metrics.oldestReport(() -> oldestReport().toMillis() / 1000.0);
    }

    /**
     * Begins to ask whoever is followed.
     *
     * @param onNews told of a model of which another status may follow now
     */
    public void start(Consumer<ResourceID> onNews) {
        listener = onNews;
        lastTick = System.nanoTime();
        var unused = ticker.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** For good. */
    public void stop() {
        ticker.shutdownNow();
        readers.shutdownNow();
        route.close();
    }

    /**
     * Asks these pods of a model from now on, and no others of it.
     *
     * @param owned the model's own pods; those that run and are not being deleted are asked
     */
    public void follow(ResourceID model, Collection<Pod> owned) {
        Instant now = clock.instant();
        Set<String> uids = new HashSet<>();
        for (Pod pod : owned) {
            String uid = pod.getMetadata().getUid();
            uids.add(uid);
            subjects.computeIfAbsent(uid, unknown -> new Subject(now)).isAt(polled(model, pod), now, retained);
        }
        Set<String> before = models.put(model, uids);
        if (before != null) {
            before.stream().filter(uid -> !uids.contains(uid)).forEach(this::drop);
        }
    }

    /** A model that is no more. */
    public void forget(ResourceID model) {
        Set<String> uids = models.remove(model);
        if (uids != null) {
            uids.forEach(this::drop);
        }
    }

    private void drop(String uid) {
        Subject gone = subjects.remove(uid);
        ReplicaReport report = gone == null ? null : gone.ends();
        if (report != null) {
            retained.release(report);
        }
    }

    private static @Nullable PolledPod polled(ResourceID model, Pod pod) {
        var status = pod.getStatus();
        return status == null
                        || status.getPodIP() == null
                        || !"Running".equals(status.getPhase())
                        || pod.getMetadata().getDeletionTimestamp() != null
                ? null
                : new PolledPod(
                        model,
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName(),
                        pod.getMetadata().getUid(),
                        status.getPodIP(),
                        run(status),
                        signs(status));
    }

    private static String run(PodStatus status) {
        return containers(status)
                .filter(container -> Labels.SERVER_CONTAINER.equals(container.getName()))
                .map(container -> Objects.requireNonNullElse(container.getContainerID(), ""))
                .findFirst()
                .orElse("");
    }

    private static String signs(PodStatus status) {
        Stream<String> conditions = Objects.requireNonNullElse(status.getConditions(), List.<PodCondition>of()).stream()
                .map(condition -> condition.getType() + condition.getStatus());
        Stream<String> containers = containers(status)
                .map(container -> container.getContainerID() + container.getStarted() + container.getReady());
        return Stream.concat(conditions, containers).collect(Collectors.joining(" "));
    }

    private static Stream<ContainerStatus> containers(PodStatus status) {
        return Objects.requireNonNullElse(status.getContainerStatuses(), List.<ContainerStatus>of()).stream();
    }

    /** What is known of the report of the pod with this UID. */
    public KnownReport known(String podUid) {
        Subject subject = subjects.get(podUid);
        return subject == null ? KnownReport.notAsked() : subject.heard().known(stale, clock.instant());
    }

    /** When this run of the pod's server was first followed, by the operator's own clock; now, where it is not. */
    public Instant firstSeen(String podUid) {
        Subject subject = subjects.get(podUid);
        return subject == null ? clock.instant() : subject.firstSeen();
    }

    /** How long ago the poller last looked for whom to ask; empty before it is started. */
    public Optional<Duration> sinceLastTick() {
        return Optional.ofNullable(lastTick).map(at -> Duration.ofNanos(System.nanoTime() - at));
    }

    /** Age of the oldest report that is the latest of its pod. */
    private Duration oldestReport() {
        Instant now = clock.instant();
        return subjects.values().stream()
                .filter(subject -> subject.pod() != null)
                .map(subject -> subject.heard().at())
                .flatMap(at -> Optional.ofNullable(at).stream())
                .min(Comparator.naturalOrder())
                .map(at -> Duration.between(at, now))
                .orElse(Duration.ZERO);
    }

    private void tick() {
        try {
            Instant now = clock.instant();
            expire(now);
            askWhoIsDue(now);
            lastTick = System.nanoTime();
        } catch (RuntimeException e) {
            LOG.error("polling goes on after a failure", e);
        } catch (Error e) {
            vitals.fatal(e);
        }
    }

    private void expire(Instant now) {
        for (Subject subject : subjects.values()) {
            PolledPod pod = subject.pod();
            if (pod != null && subject.expires(stale, now)) {
                tell(pod);
            }
        }
    }

    /** The longest overdue first. Who finds no room is asked at a later tick. */
    private void askWhoIsDue(Instant now) {
        List<Subject> due = subjects.values().stream()
                .filter(subject -> subject.isDue(now))
                .sorted(Comparator.comparing(Subject::due))
                .toList();
        for (Subject subject : due) {
            PolledPod pod = subject.pod();
            if (pod == null) {
                continue;
            }
            if (!questions.tryAcquire()) {
                return;
            }
            ask(subject, pod);
        }
    }

    private void ask(Subject subject, PolledPod pod) {
        subject.begins();
        long began = System.nanoTime();
        try {
            var unused = route.ask(pod)
                    .exceptionally(thrown -> lost(pod, thrown))
                    .thenAcceptAsync(reply -> conclude(subject, pod, reply, began), readers);
        } catch (RuntimeException e) {
            conclude(subject, pod, lost(pod, e), began);
        }
    }

    private Reply lost(PolledPod pod, Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof Error error) {
            vitals.fatal(error);
        }
        return Reply.of(cause, "pod " + pod.name());
    }

    private void conclude(Subject subject, PolledPod pod, Reply reply, long began) {
        try {
            Answer answer = ReportReader.read(reply, pod.uid());
            Instant now = clock.instant();
            Subject.Change change = subject.concludes(answer, retained, now, pace);
            metrics.answered(change.after().failure(), Duration.ofNanos(System.nanoTime() - began));
            log(pod, change);
            if (change.after().isNewsAfter(change.before(), stale, now)) {
                tell(pod);
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "the answer of pod %s/%s was lost", pod.namespace(), pod.name());
            subject.concludes(
                    Answer.none(ReportFailure.IMPLAUSIBLE, "the answer could not be used"),
                    retained,
                    clock.instant(),
                    pace);
        } catch (Error e) {
            vitals.fatal(e);
        } finally {
            questions.release();
        }
    }

    private void tell(PolledPod pod) {
        try {
            listener.accept(pod.model());
        } catch (RuntimeException e) {
            LOG.errorf(e, "nobody was told of news of pod %s/%s", pod.namespace(), pod.name());
        }
    }

    private static void log(PolledPod pod, Subject.Change change) {
        ReportFailure failure = change.after().failure();
        if (change.after().endedAs(change.before())) {
            return;
        }
        if (failure == null) {
            LOG.infof("pod %s/%s reports again", pod.namespace(), pod.name());
        } else {
            LOG.infof(
                    "pod %s/%s does not report: %s: %s",
                    pod.namespace(), pod.name(), failure.cause().word(), failure.message());
        }
    }
}
