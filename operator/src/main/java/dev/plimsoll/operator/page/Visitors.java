package dev.plimsoll.operator.page;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Who asks: whom a trusted proxy names, or whose a bearer token is. */
@Singleton
class Visitors {
    private static final String BEARER = "Bearer ";

    private final TrustedProxy proxy;
    private final Tokens tokens;

    Visitors(TrustedProxy proxy, Tokens tokens) {
        this.proxy = proxy;
        this.tokens = tokens;
    }

    Visitor of(MultiMap headers) {
        return proxy.visitor(headers).orElseGet(() -> bearer(headers));
    }

    private Visitor bearer(MultiMap headers) {
        String given = headers.get(HttpHeaders.AUTHORIZATION);
        return Optional.ofNullable(given)
                .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(header -> header.substring(BEARER.length()).strip())
                .filter(token -> !token.isEmpty())
                .map(token -> tokens.visitor(token)
                        .orElseThrow(() -> NotAnswered.unauthenticated("The API server does not know this token, or it"
                                + " has expired: kubectl create token makes another one.")))
                .orElseThrow(() -> NotAnswered.unauthenticated(
                        "A bearer token is needed: kubectl create token SERVICEACCOUNT -n NAMESPACE makes one."));
    }
}
