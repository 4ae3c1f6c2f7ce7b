package dev.plimsoll.server.http;

import dev.plimsoll.server.openai.ApiException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Receives the body of a request within bounds of size, time and of what all bodies together may take. On the
 * connection's thread until the body is whole.
 */
final class BodyReader {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Exchange exchange;
    private final HttpLimits limits;
    private final BodyMemory.Share share;
    private final Vertx vertx;
    private final Consumer<InputStream> whole;
    private final List<InputStream> chunks = new ArrayList<>();
    private long bytes;
    private long timer = -1;
    private boolean over;

    private BodyReader(
            Exchange exchange, Vertx vertx, HttpLimits limits, BodyMemory.Share share, Consumer<InputStream> whole) {
        this.exchange = exchange;
        this.vertx = vertx;
        this.limits = limits;
        this.share = share;
        this.whole = whole;
    }

    /**
     * Begins to receive; answers with an error itself where the body is refused.
     *
     * @param share takes the memory; to be closed when the body is not needed any more
     * @param whole hears the body once it is there
     */
    static void read(
            Exchange exchange, Vertx vertx, HttpLimits limits, BodyMemory.Share share, Consumer<InputStream> whole) {
        new BodyReader(exchange, vertx, limits, share, whole).begin();
    }

    private void begin() {
        HttpServerRequest request = exchange.request();
        long length = length(request);
        if (length > limits.bodyBytes()) {
            refuse(tooLarge());
            return;
        }
        exchange.whenOver(() -> exchange.onConnection(this::stop));
        long millis = limits.body().toMillis() + 1000 * Math.max(0, length) / limits.bytesPerSecond();
        timer = vertx.setTimer(
                millis, late -> refuse(ApiException.timeout("the body took longer than " + millis + " ms")));
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        request.handler(this::take).endHandler(ended -> end()).exceptionHandler(broken -> stop());
    }

    /** -1 where none is said, or none that is a number. */
    private static long length(HttpServerRequest request) {
        try {
            String length = request.getHeader("Content-Length");
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private ApiException tooLarge() {
        return ApiException.tooLarge("the body has more than " + limits.bodyBytes() + " bytes");
    }

    private void take(Buffer chunk) {
        if (over) {
            return;
        }
        bytes += chunk.length();
        if (bytes > limits.bodyBytes()) {
            refuse(tooLarge());
        } else if (!share.grow(chunk.length())) {
            refuse(ApiException.unavailable(
                    SOON,
                    "requests_out_of_memory",
                    "the bodies of other requests fill the memory for them; try again"));
        } else {
            chunks.add(new ByteArrayInputStream(chunk.getBytes()));
        }
    }

    private void end() {
        if (!over) {
            stop();
            whole.accept(new SequenceInputStream(Collections.enumeration(chunks)));
        }
    }

    private void refuse(ApiException error) {
        if (!over) {
            stop();
            chunks.clear();
            share.close();
            exchange.fail(error);
        }
    }

    private void stop() {
        over = true;
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
    }
}
