package dev.plimsoll.operator.page;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** What every answer tells the browser: run and fetch nothing but the page's own files, and be framed by nobody. */
final class Headers {
    private static final Map<String, String> STRICT = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=()");

    private Headers() {}

    static void strict(RoutingContext exchange) {
        MultiMap headers = exchange.response().headers();
        STRICT.forEach(headers::set);
        exchange.next();
    }
}
