package dev.plimsoll.operator.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.page.view.Troubleshooting;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The read-only page below {@code /page/}, where it is enabled: files for anybody, and what of the fleet a visitor may
 * see. Browsers ask again and again, and get 304 while nothing has changed: no connection is held.
 */
@Singleton
class Page {
    private static final Logger LOG = Logger.getLogger(Page.class);
    private static final int AT_ONCE = 16;
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private final OperatorConfig config;
    private final Visitors visitors;
    private final Seen seen;
    private final Semaphore places = new Semaphore(AT_ONCE);

    Page(OperatorConfig config, Visitors visitors, Seen seen) {
        this.config = config;
        this.visitors = visitors;
        this.seen = seen;
    }

    void routes(@Observes Router router) {
        if (!config.page().enabled()) {
            return;
        }
        Troubleshooting troubleshooting = Troubleshooting.parse(Asset.text("troubleshooting.md"));
        router.getWithRegex("/page").handler(exchange -> exchange.redirect("/page/"));
        router.get("/page/*").handler(Headers::strict);
        for (Asset asset : Asset.all()) {
            String path = "/page/" + (asset.name().equals(Asset.INDEX) ? "" : asset.name());
            router.get(path).handler(exchange -> send(exchange, asset));
        }
        answer(
                router,
                "/page/api/deployments",
                exchange -> seen.many(
                        visitors.of(exchange.request().headers()),
                        Optional.ofNullable(exchange.request().getParam("namespace"))
                                .filter(name -> !name.isEmpty())));
        answer(
                router,
                "/page/api/deployments/:namespace/:name",
                exchange -> seen.one(
                        visitors.of(exchange.request().headers()),
                        parameter(exchange, "namespace"),
                        parameter(exchange, "name"),
                        troubleshooting));
    }

    private static String parameter(RoutingContext exchange, String name) {
        return Optional.ofNullable(exchange.pathParam(name)).orElseThrow(NotAnswered::notFound);
    }

    private void answer(Router router, String path, Function<RoutingContext, Object> question) {
        router.get(path)
                .blockingHandler(
                        exchange -> {
                            exchange.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                            if (!places.tryAcquire()) {
                                refuse(exchange, NotAnswered.busy());
                                return;
                            }
                            try {
                                Buffer content = json(question.apply(exchange));
                                send(exchange, new Asset(path, "application/json", content, Tag.of(content)));
                            } catch (NotAnswered e) {
                                refuse(exchange, e);
                            } catch (RuntimeException e) {
                                LOG.error("the page could not answer", e);
                                refuse(
                                        exchange,
                                        NotAnswered.unavailable("The operator failed to answer; its log says why."));
                            } finally {
                                places.release();
                            }
                        },
                        false);
    }

    private static void send(RoutingContext exchange, Asset asset) {
        HttpServerResponse response = exchange.response().putHeader(HttpHeaders.ETAG, asset.tag());
        if (!response.headers().contains(HttpHeaders.CACHE_CONTROL)) {
            response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        }
        if (asset.tag().equals(exchange.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(304).end();
        } else {
            response.putHeader(HttpHeaders.CONTENT_TYPE, asset.type()).end(asset.content());
        }
    }

    private static void refuse(RoutingContext exchange, NotAnswered refusal) {
        HttpServerResponse response = exchange.response()
                .setStatusCode(refusal.status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        if (refusal.status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if (refusal.isPassing()) {
            response.putHeader("Retry-After", "2");
        }
        response.end(json(Map.of("reason", refusal.reason, "message", String.valueOf(refusal.getMessage()))));
    }

    private static Buffer json(Object value) {
        try {
            return Buffer.buffer(JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
