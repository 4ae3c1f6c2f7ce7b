package dev.plimsoll.server.http;

import dev.plimsoll.api.report.Phase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;

/**
 * Whether the server lives, answered on the thread of the connection, before every other handler of the management port:
 * it waits for no thread that others may have taken, and for no lock. An answer has the shape of the other checks'.
 *
 * @see <a href="https://download.eclipse.org/microprofile/microprofile-health-4.0/microprofile-health-spec-4.0.html">the
 *     shape</a>
 */
final class LivenessProbe {
    static final String PATH = "/q/health/live";

    private final Supplier<Phase> phase;
    private final Watchdog watchdog;

    LivenessProbe(Supplier<Phase> phase, Watchdog watchdog) {
        this.phase = phase;
        this.watchdog = watchdog;
    }

    boolean lives() {
        return !phase.get().equals(Phase.Failed) && !watchdog.hangs();
    }

    void addTo(Router management) {
        management.get(PATH).order(Integer.MIN_VALUE).handler(this::answer);
    }

    private void answer(RoutingContext context) {
        boolean lives = lives();
        String status = lives ? "UP" : "DOWN";
        JsonObject check = new JsonObject()
                .put("name", "engine")
                .put("status", status)
                .put("data", new JsonObject().put("phase", phase.get().toString()));
        var unused = context.response()
                .setStatusCode(lives ? 200 : 503)
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject()
                        .put("status", status)
                        .put("checks", new JsonArray().add(check))
                        .toBuffer());
    }
}
