package dev.plimsoll.operator.observe;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks each running pod for its report: often while it loads, seldom once it serves. A pod that does not answer keeps
 * its last report until that is too old.
 */
@Singleton
public class ReportPoller {
    private static final int MANAGEMENT_PORT = 9000;
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final OperatorConfig config;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final Map<String, Heard> heard = new ConcurrentHashMap<>();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("report-poller").factory());
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * A report and when it came, by the operator's own clock.
     *
     * @param asked when the pod was last asked, whether or not it answered
     */
    public record Heard(@Nullable ReplicaReport report, Instant at, Instant asked) {}

    public ReportPoller(OperatorConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /**
     * Begins to poll.
     *
     * @param pods those to ask, from a cache
     * @param onChange told of a pod whose report says something new
     */
    public void start(Supplier<List<Pod>> pods, Consumer<Pod> onChange) {
        var unused = ticker.scheduleAtFixedRate(
                () -> poll(pods.get(), onChange), 0, config.pollLoading().toMillis(), TimeUnit.MILLISECONDS);
    }

    public void stop() {
        ticker.shutdownNow();
        calls.shutdownNow();
        http.shutdownNow();
    }

    /** What a pod last said, however old. */
    public Optional<Heard> lastHeard(String podUid) {
        return Optional.ofNullable(heard.get(podUid)).filter(last -> last.report() != null);
    }

    /** Whether a pod was asked since this operator began; before that, its silence says nothing. */
    public boolean wasAsked(String podUid) {
        return heard.containsKey(podUid);
    }

    private void poll(List<Pod> pods, Consumer<Pod> onChange) {
        Set<String> uids = pods.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
        heard.keySet().retainAll(uids);
        for (Pod pod : pods) {
            String uid = pod.getMetadata().getUid();
            if (pod.getStatus() != null && pod.getStatus().getPodIP() != null && isDue(uid) && underWay.add(uid)) {
                var unused = calls.submit(() -> ask(pod, onChange));
            }
        }
    }

    private boolean isDue(String uid) {
        Heard last = heard.get(uid);
        return last == null
                || last.report() == null
                || !last.report().phase().equals(Phase.Serving)
                || !last.asked().plus(config.pollServing()).isAfter(clock.instant());
    }

    private void ask(Pod pod, Consumer<Pod> onChange) {
        String uid = pod.getMetadata().getUid();
        try {
            Heard before = heard.get(uid);
            Optional<ReplicaReport> report =
                    fetch(pod.getStatus().getPodIP()).flatMap(bytes -> Reports.parse(bytes, uid));
            Instant now = clock.instant();
            if (report.isPresent()) {
                heard.put(uid, new Heard(report.get(), now, now));
                if (before == null || before.report() == null || Materiality.differs(before.report(), report.get())) {
                    onChange.accept(pod);
                }
            } else {
                heard.put(
                        uid, before == null ? new Heard(null, now, now) : new Heard(before.report(), before.at(), now));
                if (before == null) {
                    onChange.accept(pod);
                }
            }
        } finally {
            underWay.remove(uid);
        }
    }

    private Optional<byte[]> fetch(String ip) {
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + host + ":" + MANAGEMENT_PORT + "/placement"))
                .timeout(TIMEOUT)
                .build();
        try {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(Reports.MAX_BYTES + 1);
                return response.statusCode() == 200 && bytes.length <= Reports.MAX_BYTES
                        ? Optional.of(bytes)
                        : Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
