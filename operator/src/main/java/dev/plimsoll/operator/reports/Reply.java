package dev.plimsoll.operator.reports;

import dev.plimsoll.operator.replicas.ReportFailure;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What came of one question. */
sealed interface Reply {
    /** A complete answer with HTTP status 200. */
    record Body(String json) implements Reply {}

    /** No answer that could be read. */
    record Failed(ReportFailure failure) implements Reply {}

    static Failed tooLarge(int limit) {
        return new Failed(new ReportFailure(ReportFailure.TOO_LARGE, "the answer is longer than " + limit + " bytes"));
    }

    static Failed of(Throwable thrown, String url) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new Failed(
                switch (cause) {
                    case HttpTimeoutException slow ->
                        new ReportFailure(ReportFailure.TIMED_OUT, url + " does not answer");
                    case TimeoutException slow ->
                        new ReportFailure(ReportFailure.TIMED_OUT, url + " gave no complete answer in time");
                    case ProtocolException garbage ->
                        new ReportFailure(ReportFailure.NOT_JSON, url + " does not speak HTTP");
                    case IOException refused
                    when String.valueOf(refused.getMessage()).contains("HTTP/1.1") ->
                        new ReportFailure(
                                ReportFailure.REFUSED, url + " closed the connection in the middle of its answer");
                    default -> new ReportFailure(ReportFailure.REFUSED, url + ": " + words(cause));
                });
    }

    private static String words(Throwable cause) {
        return cause instanceof java.net.ConnectException && cause.getMessage() == null
                ? "connection refused"
                : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
