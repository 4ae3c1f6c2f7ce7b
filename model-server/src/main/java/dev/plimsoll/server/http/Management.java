package dev.plimsoll.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.server.lifecycle.Reporter;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code GET /placement} on the management port: the replica's report. */
@Singleton
class Management {
    private final Reporter reporter;
    private final ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    Management(Reporter reporter) {
        this.reporter = reporter;
    }

    void routes(@Observes ManagementInterface management) {
        management.router().get("/placement").handler(this::placement);
    }

    private void placement(RoutingContext context) {
        try {
            context.response()
                    .putHeader("Content-Type", "application/json")
                    .end(json.writeValueAsString(reporter.report()));
        } catch (JsonProcessingException e) {
            context.fail(e);
        }
    }
}
