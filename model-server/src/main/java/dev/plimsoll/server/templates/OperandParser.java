package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Expression.CallArguments;
import dev.plimsoll.server.templates.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Parses what operators take: names, constants and displays, with the attributes, items and calls behind them. */
final class OperandParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** A name, a constant, or what stands in brackets. */
    Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> name(token.text());
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.is(Kind.STRING)) {
                    text.append(tokens.next().text());
                }
                yield new Expression.Constant(Value.str(text.toString()));
            }
            case NUMBER -> new Expression.Constant(number(token));
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> {
                        Expression inside = expressions.nested(() -> expressions.tuple(true, true, null));
                        tokens.expectOperator(")");
                        yield inside;
                    }
                    case "[" -> new Expression.ListOf(list("]"));
                    case "{" -> dict();
                    default -> throw unexpected(token);
                };
            default -> throw unexpected(token);
        };
    }

    private static Value number(Token token) {
        return Objects.requireNonNull(token.value());
    }

    private static TemplateSyntaxException unexpected(Token token) {
        return new TemplateSyntaxException("unexpected " + Text.quoted(token.described()), token.line());
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Constant(Value.TRUE);
            case "false", "False" -> new Expression.Constant(Value.FALSE);
            case "none", "None" -> new Expression.Constant(Value.NONE);
            default -> {
                expressions.reads(name);
                yield new Expression.Name(name);
            }
        };
    }

    private List<Expression> list(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(close)) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(close)) {
                    break;
                }
            }
            items.add(expressions.expression());
        }
        return items;
    }

    private Expression dict() {
        List<Expression.Pair> pairs = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            if (!pairs.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("}")) {
                    break;
                }
            }
            Expression key = expressions.expression();
            tokens.expectOperator(":");
            pairs.add(new Expression.Pair(key, expressions.expression()));
        }
        return new Expression.DictOf(pairs);
    }

    /** Attributes, items and calls of what has been parsed. */
    Expression postfix(Expression begun) {
        Expression expression = begun;
        int links = 0;
        while (true) {
            if (tokens.skipOperator(".")) {
                expression = attribute(expression);
            } else if (tokens.skipOperator("[")) {
                expression = subscript(expression);
            } else if (tokens.isOperator("(")) {
                expression = new Expression.Call(expression, arguments());
            } else {
                return expression;
            }
            expressions.boundChain(++links);
        }
    }

    private Expression attribute(Expression owner) {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> new Expression.Attribute(owner, token.text());
            case NUMBER -> new Expression.Item(owner, new Expression.Constant(number(token)));
            default -> throw new TemplateSyntaxException("expected name or number", token.line());
        };
    }

    private Expression subscript(Expression owner) {
        Expression start = tokens.isOperator(":") ? null : expressions.expression();
        if (start != null && tokens.isOperator(",")) {
            List<Expression> keys = new ArrayList<>(List.of(start));
            while (tokens.skipOperator(",") && !tokens.isOperator("]")) {
                keys.add(expressions.expression());
            }
            tokens.expectOperator("]");
            return new Expression.Item(owner, new Expression.TupleOf(keys));
        }
        if (start != null && tokens.skipOperator("]")) {
            return new Expression.Item(owner, start);
        }
        tokens.expectOperator(":");
        Expression stop = tokens.isOperator(":") || tokens.isOperator("]") ? null : expressions.expression();
        Expression step = tokens.skipOperator(":") && !tokens.isOperator("]") ? expressions.expression() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(owner, start, stop, step);
    }

    /** Arguments of a call, in their parentheses, which come next. */
    CallArguments arguments() {
        return expressions.nested(this::argumentsInParentheses);
    }

    private CallArguments argumentsInParentheses() {
        Token begin = tokens.current();
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<Expression.Named> named = new ArrayList<>();
        Expression more = null;
        Expression moreNamed = null;
        boolean first = true;
        while (!tokens.skipOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(")")) {
                    break;
                }
            }
            first = false;
            boolean valid;
            if (tokens.skipOperator("*")) {
                valid = more == null && moreNamed == null;
                more = expressions.expression();
            } else if (tokens.skipOperator("**")) {
                valid = moreNamed == null;
                moreNamed = expressions.expression();
            } else if (tokens.is(Kind.NAME) && tokens.look().isOperator("=")) {
                valid = moreNamed == null;
                String name = tokens.next().text();
                tokens.next();
                named.add(new Expression.Named(name, expressions.expression()));
            } else {
                valid = more == null && moreNamed == null && named.isEmpty();
                positional.add(expressions.expression());
            }
            if (!valid) {
                throw new TemplateSyntaxException("invalid syntax for function call expression", begin.line());
            }
        }
        long different = named.stream().map(Expression.Named::name).distinct().count();
        if (different < named.size()) {
            throw new TemplateSyntaxException("keyword argument repeated", begin.line());
        }
        return new CallArguments(positional, named, more, moreNamed);
    }
}
