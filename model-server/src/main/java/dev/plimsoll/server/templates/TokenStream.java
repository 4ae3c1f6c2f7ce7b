package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Token.Kind;
import java.util.List;

/** The tokens of a template, one after the other. */
final class TokenStream {
    private final List<Token> tokens;
    private int position;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token look() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        if (position < tokens.size() - 1) {
            position++;
        }
        return token;
    }

    boolean is(Kind kind) {
        return current().kind() == kind;
    }

    boolean isOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean isName(String name) {
        return current().isName(name);
    }

    boolean skipOperator(String operator) {
        return skipIf(isOperator(operator));
    }

    boolean skipName(String name) {
        return skipIf(isName(name));
    }

    private boolean skipIf(boolean skip) {
        if (skip) {
            next();
        }
        return skip;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw expected(operator);
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw expected(name);
        }
    }

    Token expect(Kind kind) {
        if (!is(kind)) {
            throw expected(new Token(kind, kind == Kind.NAME ? "name" : "", null, 0).described());
        }
        return next();
    }

    TemplateSyntaxException expected(String what) {
        return fail("expected token " + Text.quoted(what) + ", got "
                + Text.quoted(current().described()));
    }

    TemplateSyntaxException fail(String message) {
        return new TemplateSyntaxException(message, current().line());
    }
}
