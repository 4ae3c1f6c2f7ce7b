package dev.plimsoll.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.server.openai.ApiException;
import io.netty.channel.ChannelOption;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Made before anything else is done for it, so that a client that goes is heard of at
 * whatever moment it goes. Its methods may be called by any thread.
 */
final class Exchange {
    static final String REQUEST_ID = "X-Request-Id";

    private static final long LINGER_MILLIS = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ID = Pattern.compile("[\\w.:-]{1,128}");

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context connection;
    private final String id;
    private volatile String client = "";
    private final long began = System.nanoTime();
    private final List<Runnable> whenOver = new ArrayList<>();
    private boolean over;
    private boolean gone;

    /** On the connection's thread. */
    Exchange(HttpServerRequest request, Context connection) {
        this.request = request;
        this.response = request.response();
        this.connection = connection;
        String asked = request.getHeader(REQUEST_ID);
        this.id = asked != null && ID.matcher(asked).matches() ? asked : "req_" + UUID.randomUUID();
        response.putHeader(REQUEST_ID, id);
        response.closeHandler(closed -> over(true));
        response.exceptionHandler(broken -> over(true));
        response.endHandler(ended -> over(false));
        if (response.closed()) {
            over(true);
        }
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return response;
    }

    String id() {
        return id;
    }

    /** Whose request it is, for turns. */
    String client() {
        return client;
    }

    void client(String who) {
        client = who;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Whether the client has gone before its answer was complete. */
    synchronized boolean isGone() {
        return gone;
    }

    /** Does something once the answer is complete or the client has gone; at once when it is. */
    void whenOver(Runnable action) {
        synchronized (this) {
            if (!over) {
                whenOver.add(action);
                return;
            }
        }
        action.run();
    }

    private void over(boolean early) {
        List<Runnable> actions;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            gone = early;
            actions = List.copyOf(whenOver);
            whenOver.clear();
        }
        actions.forEach(Runnable::run);
    }

    /** Does something on the connection's thread. */
    void onConnection(Runnable action) {
        connection.runOnContext(now -> action.run());
    }

    /** Answers with JSON, unless an answer has begun. */
    void answer(int status, Object body) {
        Buffer bytes = json(body);
        onConnection(() -> answerNow(status, bytes, null));
    }

    /** Answers with an error, unless an answer has begun. */
    void fail(ApiException error) {
        Buffer bytes = json(error.body());
        onConnection(() -> answerNow(error.status(), bytes, error.retryAfter()));
    }

    /** Answers with an error, or does something else where an answer has begun. */
    void failOr(ApiException error, Runnable begun) {
        Buffer bytes = json(error.body());
        onConnection(() -> {
            if (response.headWritten()) {
                begun.run();
            } else {
                answerNow(error.status(), bytes, error.retryAfter());
            }
        });
    }

    private void answerNow(int status, Buffer bytes, @Nullable Duration retryAfter) {
        if (response.ended() || response.headWritten() || response.closed()) {
            return;
        }
        if (retryAfter != null) {
            response.putHeader("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
        response.setStatusCode(status).putHeader("Content-Type", "application/json");
        if (request.isEnded()) {
            var unused = response.end(bytes);
        } else {
            response.putHeader("Connection", "close");
            var unused = response.end(bytes).onComplete(ended -> closeSoon());
            request.resume();
        }
    }

    /** What the client still sends is read for a moment: were it not, it might lose the answer. */
    private void closeSoon() {
        connection.owner().setTimer(LINGER_MILLIS, later -> {
            var unused = request.connection().close();
        });
    }

    /**
     * Ends the connection of a client that does not take its answer, with what it did not take: an orderly close would
     * wait for it, and so is asked of the socket alone, past the handler of the connection.
     */
    void drop() {
        onConnection(() -> {
            if (request.connection() instanceof ConnectionBase base
                    && base.channel().isOpen()) {
                base.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                var unused = base.channel().pipeline().firstContext().close();
            }
        });
    }

    static Buffer json(Object body) {
        try {
            return Buffer.buffer(JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
