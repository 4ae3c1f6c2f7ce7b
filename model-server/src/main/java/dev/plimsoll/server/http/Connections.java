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
    private volatile boolean quietClosed;

    Connections(Vertx vertx, HttpLimits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    private final class Open {
        private final HttpConnection connection;
        private int requests;
        private boolean announced;
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
            if (announced || quietClosed) {
                closeIdle();
            } else {
                idle();
            }
        }

        synchronized void announce() {
            announced = true;
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

    /**
     * From now on none is kept: each is closed behind the next answer that says so. One whose head went before is followed by
     * another answer, if its client asks again: to close behind it would be to close as the client asks.
     */
    void leave() {
        leaving = true;
    }

    /** The answer that is under way says that the connection closes behind it. */
    void announce(HttpConnection connection) {
        Open taken = open.get(connection);
        if (taken != null) {
            taken.announce();
        }
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Closes those without a request under way, and others when theirs has ended: what is asked now is refused. */
    void closeIdle() {
        quietClosed = true;
        open.values().forEach(Open::closeIdle);
    }

    int count() {
        return open.size();
    }
}
