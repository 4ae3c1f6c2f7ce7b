package dev.plimsoll.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Server-sent events of one answer. What its client does not take waits, within bounds: beyond, what makes it is paused
 * until some was taken. A client that takes nothing for too long is dropped.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">event streams</a>
 */
final class EventStream {
    static final int LESS_WHEN_FULL = 8;
    private static final int LESS_TO_GO_ON = 4;
    private static final int MORE_WHILE_PAUSED = 16;
    private static final int WRITE_QUEUE_BYTES = 16 << 10;

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final Vertx vertx;
    private final HttpLimits limits;
    private final AtomicLong allUnsent;

    private final Deque<Buffer> unsent = new ArrayDeque<>();
    private int unsentBytes;
    private Consumer<Boolean> behind = now -> {};
    private boolean isBehind;
    private boolean flushing;
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

    /**
     * Says what to do when more waits for the client than may, and when it is less again; it must be quick.
     *
     * @param changed told whether it is behind
     */
    synchronized void whenBehind(Consumer<Boolean> changed) {
        behind = changed;
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
            allUnsent.addAndGet(event.length());
            complete = last;
            tooMuch = unsentBytes > limits.unsentBytes() * MORE_WHILE_PAUSED;
            if (!isBehind && unsentBytes > most()) {
                isBehind(true);
            }
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

    private int most() {
        return allUnsent.get() > limits.allUnsentBytes() ? limits.unsentBytes() / LESS_WHEN_FULL : limits.unsentBytes();
    }

    /** Told while nothing else can change it, so that what was told last is so. */
    private void isBehind(boolean now) {
        isBehind = now;
        behind.accept(now);
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
                awaitDrained();
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
                if (isBehind && unsentBytes <= most() / LESS_TO_GO_ON) {
                    isBehind(false);
                }
            }
            var unused = last ? response.end(next) : response.write(next);
        }
    }

    private void awaitDrained() {
        if (stallTimer < 0) {
            stallTimer = vertx.setTimer(limits.stalled().toMillis(), late -> exchange.drop());
        }
        response.drainHandler(drained -> {
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
