package dev.plimsoll.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Server-sent events of one answer. What its client does not take waits, within bounds; a client that takes nothing for
 * too long, or leaves too much, is dropped.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">event streams</a>
 */
final class EventStream {
    private static final int LESS_WHEN_FULL = 8;
    private static final int MORE_WHILE_TAKEN = 8;
    private static final int WRITE_QUEUE_BYTES = 16 << 10;

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final Vertx vertx;
    private final HttpLimits limits;
    private final AtomicLong allUnsent;

    private final Deque<Buffer> unsent = new ArrayDeque<>();
    private int unsentBytes;
    private boolean flushing;
    private boolean waits;
    private boolean complete;
    private boolean dropped;
    private long stallTimer = -1;

    /**
     * A stream without events.
     *
     * @param allUnsent counts the unsent bytes of all streams
     */
    EventStream(Exchange exchange, Vertx vertx, HttpLimits limits, AtomicLong allUnsent) {
        this.exchange = exchange;
        this.response = exchange.response();
        this.vertx = vertx;
        this.limits = limits;
        this.allUnsent = allUnsent;
        exchange.whenOver(this::over);
    }

    /** Sends an event whose data is JSON. */
    void send(Object data) {
        send(Exchange.json(data));
    }

    /** Sends the last event. */
    void end() {
        add(Buffer.buffer("data: [DONE]\n\n"), true);
    }

    /** Sends an error as the last event. */
    void fail(Object error) {
        add(event(Exchange.json(error)), true);
    }

    private void send(Buffer data) {
        add(event(data), false);
    }

    private static Buffer event(Buffer data) {
        return Buffer.buffer(data.length() + 8)
                .appendString("data: ")
                .appendBuffer(data)
                .appendString("\n\n");
    }

    private void add(Buffer event, boolean last) {
        boolean tooMuch;
        synchronized (this) {
            if (dropped || complete) {
                return;
            }
            unsent.add(event);
            unsentBytes += event.length();
            long all = allUnsent.addAndGet(event.length());
            complete = last;
            int most = all > limits.allUnsentBytes() ? limits.unsentBytes() / LESS_WHEN_FULL : limits.unsentBytes();
            tooMuch = unsentBytes > (waits ? most : most * MORE_WHILE_TAKEN);
            if (!tooMuch && flushing) {
                return;
            }
            flushing = true;
        }
        if (tooMuch) {
            exchange.drop();
            over();
        } else {
            exchange.onConnection(this::flush);
        }
    }

    /** On the connection's thread. */
    private void flush() {
        if (!response.headWritten() && !response.closed()) {
            response.setChunked(true)
                    .setWriteQueueMaxSize(WRITE_QUEUE_BYTES)
                    .putHeader("Content-Type", "text/event-stream")
                    .putHeader("Cache-Control", "no-cache");
        }
        while (!response.closed() && !response.ended()) {
            if (response.headWritten() && response.writeQueueFull()) {
                pause();
                return;
            }
            Buffer next;
            boolean last;
            synchronized (this) {
                next = unsent.poll();
                if (next == null) {
                    flushing = false;
                    return;
                }
                unsentBytes -= next.length();
                allUnsent.addAndGet(-next.length());
                last = complete && unsent.isEmpty();
            }
            var unused = last ? response.end(next) : response.write(next);
        }
    }

    private synchronized void waits(boolean forClient) {
        waits = forClient;
    }

    /** What is unsent from here on is what the client does not take; before, this server had not come to send it. */
    private void pause() {
        waits(true);
        if (stallTimer < 0) {
            stallTimer = vertx.setTimer(limits.stalled().toMillis(), late -> exchange.drop());
        }
        response.drainHandler(drained -> {
            waits(false);
            stopTimer();
            flush();
        });
    }

    private void stopTimer() {
        if (stallTimer >= 0) {
            vertx.cancelTimer(stallTimer);
            stallTimer = -1;
        }
    }

    private void over() {
        synchronized (this) {
            dropped = true;
            allUnsent.addAndGet(-unsentBytes);
            unsentBytes = 0;
            unsent.clear();
        }
        exchange.onConnection(this::stopTimer);
    }
}
