package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Expression.CallArguments;
import dev.plimsoll.server.templates.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses filters and tests. One that nobody knows is an error of the template where it is certain to be used. */
final class FilterParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final OperandParser operands;
    private final List<TemplateSyntaxException> unknown = new ArrayList<>();
    private boolean conditional;

    FilterParser(TokenStream tokens, ExpressionParser expressions, OperandParser operands) {
        this.tokens = tokens;
        this.expressions = expressions;
        this.operands = operands;
    }

    /** What an unknown filter or test is at compile time; empty when all are known where they are certain to be used. */
    List<TemplateSyntaxException> unknown() {
        return unknown;
    }

    /** Lets those from one on be errors of the run: they may never be used. */
    void forgetUnknownFrom(int first) {
        unknown.subList(first, unknown.size()).clear();
    }

    /** Parses a body that may never run, where unknown filters are an error of the run; or one that begins anew. */
    <T> T conditionally(boolean may, Supplier<T> parsing) {
        boolean before = conditional;
        conditional = may;
        try {
            return parsing.get();
        } finally {
            conditional = before;
        }
    }

    /** Filters and tests of what has been parsed, one behind the other. */
    Expression filtersAndTests(Expression begun) {
        Expression expression = begun;
        int links = 0;
        while (true) {
            if (tokens.skipOperator("|")) {
                expression = filter(expression);
            } else if (tokens.skipName("is")) {
                expression = test(expression);
            } else if (tokens.isOperator("(")) {
                expression = new Expression.Call(expression, operands.arguments());
            } else {
                return expression;
            }
            expressions.boundChain(++links);
        }
    }

    /** A filter whose name comes next. */
    Expression.Filtered filter(@Nullable Expression input) {
        int line = tokens.current().line();
        String name = dottedName();
        CallArguments arguments = tokens.isOperator("(") ? operands.arguments() : CallArguments.NONE;
        require(Filters.isKnown(name), "filter", name, line);
        return new Expression.Filtered(input, name, arguments);
    }

    private Expression test(Expression input) {
        int line = tokens.current().line();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        CallArguments arguments = CallArguments.NONE;
        if (tokens.isOperator("(")) {
            arguments = operands.arguments();
        } else if (beginsTestArgument()) {
            if (tokens.isName("is")) {
                throw tokens.fail("You cannot chain multiple tests with is");
            }
            arguments = new CallArguments(List.of(operands.postfix(operands.primary())), List.of(), null, null);
        }
        require(Tests.isKnown(name), "test", name, line);
        Expression tested = new Expression.Tested(input, name, arguments);
        return negated ? new Expression.Not(tested) : tested;
    }

    private boolean beginsTestArgument() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, NUMBER -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            default -> false;
        };
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME).text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME).text());
        }
        return name.toString();
    }

    private void require(boolean known, String kind, String name, int line) {
        if (!known && !conditional) {
            unknown.add(new TemplateSyntaxException("No " + kind + " named " + Text.quoted(name) + ".", line));
        }
    }
}
