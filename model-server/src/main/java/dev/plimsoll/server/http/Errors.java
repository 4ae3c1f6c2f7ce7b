package dev.plimsoll.server.http;

import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.generation.DeadlineException;
import dev.plimsoll.server.generation.InvalidSequenceException;
import dev.plimsoll.server.generation.NumericalException;
import dev.plimsoll.server.generation.OverloadedException;
import dev.plimsoll.server.openai.ApiException;
import java.time.Duration;
import org.jboss.logging.Logger;

/** What clients are told of failures: never the words of an exception that was not made for them. */
final class Errors {
    private static final Logger LOG = Logger.getLogger(Errors.class);
    private static final Duration SOON = Duration.ofSeconds(5);

    private final RequestMetrics metrics;

    Errors(RequestMetrics metrics) {
        this.metrics = metrics;
    }

    ApiException of(Exchange exchange, Throwable cause) {
        return switch (cause) {
            case ApiException api -> api;
            case OverloadedException overloaded ->
                ApiException.overloaded(metrics.retryAfter(), String.valueOf(overloaded.getMessage()));
            case InvalidSequenceException invalid -> ApiException.invalid(null, String.valueOf(invalid.getMessage()));
            case DeadlineException late -> ApiException.late(String.valueOf(late.getMessage()));
            case NumericalException numbers -> {
                LOG.warnf("request %s: %s", exchange.id(), numbers.getMessage());
                yield ApiException.internal(String.valueOf(numbers.getMessage()));
            }
            case PlimsollException stopped -> {
                LOG.warnf("request %s: %s", exchange.id(), stopped.getMessage());
                yield ApiException.unavailable(
                        SOON, "stopping", "the server stopped before the answer was complete: send the request again");
            }
            default -> {
                LOG.errorf(cause, "request %s failed", exchange.id());
                yield ApiException.internal(
                        "the server failed to answer; its log says why, at request " + exchange.id());
            }
        };
    }
}
