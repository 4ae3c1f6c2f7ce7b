package dev.plimsoll.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections that are open, within a bound. One without a request under way is closed after a time, whatever bytes
 * of a request's head trickle in meanwhile.
 */
final class Connections {
    private final Vertx vertx;
    private final HttpLimits limits;
    private final Map<HttpConnection, Open> open = new ConcurrentHashMap<>();
    private volatile boolean leaving;

    Connections(Vertx vertx, HttpLimits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    private final class Open {
        private final HttpConnection connection;
        private int requests;
        private long timer = -1;

        Open(HttpConnection connection) {
            this.connection = connection;
        }

        synchronized void idle() {
            if (requests == 0 && timer < 0) {
                timer = vertx.setTimer(limits.head().toMillis(), late -> {
                    var unused = connection.close();
                });
            }
        }

        synchronized void busy() {
            if (timer >= 0) {
                vertx.cancelTimer(timer);
                timer = -1;
            }
        }

        synchronized void begin() {
            requests++;
            busy();
        }

        synchronized void end() {
            requests--;
            if (leaving) {
                closeIdle();
            } else {
                idle();
            }
        }

        synchronized void closeIdle() {
            if (requests == 0) {
                var unused = connection.close();
            }
        }
    }

    /**
     * Takes a connection.
     *
     * @return false when there are too many, and then it is closed
     */
    boolean take(HttpConnection connection) {
        if (open.size() >= limits.connections()) {
            var unused = connection.close();
            return false;
        }
        Open taken = new Open(connection);
        open.put(connection, taken);
        connection.closeHandler(closed -> {
            open.remove(connection);
            taken.busy();
        });
        taken.idle();
        return true;
    }

    /** A request has begun; what is returned is run when its answer is complete. */
    Runnable begin(HttpConnection connection) {
        Open taken = open.get(connection);
        if (taken == null) {
            return () -> {};
        }
        taken.begin();
        return () -> {
            if (open.containsKey(connection)) {
                taken.end();
            }
        };
    }

    /** From now on none is kept: each is closed behind the answer that it waits for, or behind its next one. */
    void leave() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Closes those without a request under way, which keep a client waiting for nothing. */
    void closeIdle() {
        open.values().forEach(Open::closeIdle);
    }

    int count() {
        return open.size();
    }
}
