package dev.plimsoll.server.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Requests as Prometheus sees them, by the names that the field uses, so that what scales, routes and alerts on them
 * works unchanged.
 *
 * @see <a href="https://docs.vllm.ai/en/latest/usage/metrics.html">the names</a>
 */
final class RequestMetrics {
    private static final Duration[] LATENCIES = durations(
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640);
    private static final Duration[] TOKEN_LATENCIES =
            durations(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5);
    private static final double[] COUNTS = {
        1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072
    };

    private final MeterRegistry registry;
    private final String model;
    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Timer firstToken;
    private final Timer tokenGap;
    private final Timer whole;
    private final Timer queued;
    private final DistributionSummary promptLength;
    private final DistributionSummary answerLength;
    private final DistributionSummary stepTokens;
    private final DistributionSummary batch;

    RequestMetrics(MeterRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
        promptTokens = counter("vllm:prompt_tokens");
        generationTokens = counter("vllm:generation_tokens");
        firstToken = timer("vllm:time_to_first_token", LATENCIES);
        tokenGap = timer("vllm:time_per_output_token", TOKEN_LATENCIES);
        whole = timer("vllm:e2e_request_latency", LATENCIES);
        queued = timer("vllm:request_queue_time", LATENCIES);
        promptLength = summary("vllm:request_prompt_tokens");
        answerLength = summary("vllm:request_generation_tokens");
        stepTokens = summary("vllm:iteration_tokens_total");
        batch = summary("plimsoll.step.sequences");
    }

    /** Registers what is read when Prometheus asks. */
    <T> void gauge(String name, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).tag("model_name", model).register(registry);
    }

    private Counter counter(String name) {
        return Counter.builder(name).tag("model_name", model).register(registry);
    }

    private Timer timer(String name, Duration... bounds) {
        return Timer.builder(name)
                .tag("model_name", model)
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    private DistributionSummary summary(String name) {
        return DistributionSummary.builder(name)
                .tag("model_name", model)
                .serviceLevelObjectives(COUNTS)
                .register(registry);
    }

    private static Duration[] durations(double... seconds) {
        return DoubleStream.of(seconds)
                .mapToObj(one -> Duration.ofNanos(Math.round(one * 1e9)))
                .toArray(Duration[]::new);
    }

    /** A request was taken. */
    void taken(int tokens) {
        promptTokens.increment(tokens);
        promptLength.record(tokens);
    }

    void queued(Duration time) {
        queued.record(time);
    }

    /** The first token of a sequence came so long after its request. */
    void firstToken(Duration time) {
        generationTokens.increment();
        firstToken.record(time);
    }

    /** Another token came so long after the one before. */
    void token(Duration time) {
        generationTokens.increment();
        tokenGap.record(time);
    }

    /** A sequence has ended. */
    void finished(String reason, int tokens, Duration time) {
        Counter.builder("vllm:request_success")
                .tag("model_name", model)
                .tag("finished_reason", reason)
                .register(registry)
                .increment();
        answerLength.record(tokens);
        whole.record(time);
    }

    /** An estimate of when a request will be taken: as long as requests wait now, at least a second. */
    Duration retryAfter() {
        double seconds = queued.count() == 0 ? 1 : queued.max(TimeUnit.SECONDS);
        return Duration.ofSeconds((long) Math.ceil(Math.clamp(seconds, 1, 60)));
    }

    /** A request was not taken. */
    void refused(String cause) {
        causes("plimsoll.requests.refused", cause);
    }

    /** A request was taken and got no answer: the server's failure, or the client went. */
    void failed(String cause) {
        causes("plimsoll.requests.failed", cause);
    }

    private void causes(String name, String cause) {
        Counter.builder(name)
                .tag("model_name", model)
                .tag("cause", cause)
                .register(registry)
                .increment();
    }

    /** A step of the engine has ended. */
    void stepped(int sequences, int tokens) {
        batch.record(sequences);
        stepTokens.record(tokens);
    }
}
