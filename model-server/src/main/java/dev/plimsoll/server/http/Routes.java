package dev.plimsoll.server.http;

import dev.plimsoll.server.openai.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Which path and method is answered by what. A path that ends with a slash takes what follows as its argument. */
final class Routes {
    private final Map<String, Map<String, BiConsumer<Exchange, String>>> paths = new LinkedHashMap<>();

    private final Map<String, String> refused = new LinkedHashMap<>();

    /** What a path is answered by. */
    @FunctionalInterface
    interface Answering {
        void answer(Exchange exchange);
    }

    Routes get(String path, Answering answering) {
        return add("GET", path, (exchange, rest) -> answering.answer(exchange));
    }

    Routes getUnder(String path, BiConsumer<Exchange, String> answering) {
        return add("GET", path, answering);
    }

    Routes post(String path, Answering answering) {
        return add("POST", path, (exchange, rest) -> answering.answer(exchange));
    }

    /** A path that others have, with what is to be said of it. */
    void refuse(String path, String why) {
        refused.put(path, why);
    }

    /** Paths and the methods of each. */
    Map<String, Set<String>> methods() {
        Map<String, Set<String>> methods = new LinkedHashMap<>();
        paths.forEach((path, answering) -> methods.put(path, answering.keySet()));
        return methods;
    }

    private Routes add(String method, String path, BiConsumer<Exchange, String> answering) {
        paths.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(method, answering);
        return this;
    }

    /** Answers a request; in OpenAI's shape also where there is no such path or method. */
    void answer(Exchange exchange) {
        String path =
                exchange.request().path() == null ? "" : exchange.request().path();
        for (Map.Entry<String, Map<String, BiConsumer<Exchange, String>>> known : paths.entrySet()) {
            boolean under = known.getKey().endsWith("/");
            if (under ? path.startsWith(known.getKey()) : path.equals(known.getKey())) {
                answer(
                        exchange,
                        known.getValue(),
                        under ? path.substring(known.getKey().length()) : "");
                return;
            }
        }
        exchange.fail(ApiException.notFound(shortened(path) + " " + refused.getOrDefault(path, "does not exist here")));
    }

    private static void answer(Exchange exchange, Map<String, BiConsumer<Exchange, String>> methods, String rest) {
        String method = exchange.request().method().name();
        BiConsumer<Exchange, String> answering = methods.get(method.equals("HEAD") ? "GET" : method);
        if (answering == null) {
            exchange.response().putHeader("Allow", String.join(", ", methods.keySet()));
            exchange.fail(ApiException.methodNotAllowed(
                    shortened(method) + " is not answered here; allowed: " + String.join(", ", methods.keySet())));
        } else {
            answering.accept(exchange, rest);
        }
    }

    private static String shortened(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }
}
