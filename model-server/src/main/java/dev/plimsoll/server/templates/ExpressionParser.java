package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Expression.CallArguments;
import dev.plimsoll.server.templates.Expression.Operand;
import dev.plimsoll.server.templates.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses expressions by Jinja2's grammar, with its precedence. */
final class ExpressionParser {
    private static final int MAX_DEPTH = 100;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;
    private final List<TemplateSyntaxException> unknown = new ArrayList<>();
    private Set<String> names = new HashSet<>();
    private boolean conditional;
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** What an unknown filter or test is at compile time; empty when all are known where they are certain to be used. */
    List<TemplateSyntaxException> unknown() {
        return unknown;
    }

    /** Parses with names collected apart; they are the enclosing code's names as well. */
    Set<String> namesIn(Runnable parsing) {
        Set<String> outer = names;
        names = new HashSet<>();
        parsing.run();
        Set<String> inner = names;
        names = outer;
        names.addAll(inner);
        return inner;
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

    Expression expression() {
        return nested(this::condition);
    }

    Expression expressionWithoutCondition() {
        return nested(this::or);
    }

    private <T> T nested(Supplier<T> parsing) {
        depth++;
        if (depth > MAX_DEPTH) {
            throw tokens.fail("expressions nest deeper than " + MAX_DEPTH);
        }
        try {
            return parsing.get();
        } finally {
            depth--;
        }
    }

    private Expression condition() {
        int certain = unknown.size();
        Expression expression = or();
        while (tokens.skipName("if")) {
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? nested(this::condition) : null;
            expression = new Expression.Conditional(test, expression, otherwise);
            unknown.subList(certain, unknown.size()).clear();
        }
        return expression;
    }

    private Expression or() {
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        if (tokens.skipName("not")) {
            return new Expression.Not(nested(this::not));
        }
        return comparison();
    }

    private Expression comparison() {
        Expression first = sum();
        List<Operand> rest = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                tokens.next();
                rest.add(new Operand(token.text(), sum()));
            } else if (tokens.skipName("in")) {
                rest.add(new Operand("in", sum()));
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                rest.add(new Operand("notin", sum()));
            } else {
                return rest.isEmpty() ? first : new Expression.Compare(first, rest);
            }
        }
    }

    private Expression sum() {
        Expression left = concat();
        while (tokens.isOperator("+") || tokens.isOperator("-")) {
            String operator = tokens.next().text();
            left = new Expression.Arithmetic(operator, left, concat());
        }
        return left;
    }

    private Expression concat() {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Concat(parts);
    }

    private Expression product() {
        Expression left = power();
        while (tokens.isOperator("*") || tokens.isOperator("/") || tokens.isOperator("//") || tokens.isOperator("%")) {
            String operator = tokens.next().text();
            left = new Expression.Arithmetic(operator, left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.skipOperator("**")) {
            left = new Expression.Arithmetic("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilter) {
        Expression expression;
        if (tokens.skipOperator("-")) {
            expression = new Expression.Negate(nested(() -> unary(false)));
        } else if (tokens.skipOperator("+")) {
            expression = new Expression.Positive(nested(() -> unary(false)));
        } else {
            expression = primary();
        }
        expression = postfix(expression);
        return withFilter ? filtersAndTests(expression) : expression;
    }

    private Expression primary() {
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
                        Expression inside = nested(() -> tuple(true, true, null));
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
        return java.util.Objects.requireNonNull(token.value());
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
                names.add(name);
                yield new Expression.Name(name);
            }
        };
    }

    /**
     * One expression, or several with commas between.
     *
     * @param parenthesised whether nothing at all is an empty tuple
     * @param endName a name that ends it; null without
     */
    Expression tuple(boolean parenthesised, boolean withCondition, @Nullable String endName) {
        List<Expression> items = new ArrayList<>();
        boolean tuple = false;
        while (!endsTuple(endName)) {
            items.add(withCondition ? expression() : expressionWithoutCondition());
            if (!tokens.skipOperator(",")) {
                break;
            }
            tuple = true;
        }
        if (!tuple && !items.isEmpty()) {
            return items.getFirst();
        }
        if (!tuple && !parenthesised) {
            throw tokens.fail("Expected an expression, got "
                    + Text.quoted(tokens.current().described()));
        }
        return new Expression.TupleOf(items);
    }

    private boolean endsTuple(@Nullable String endName) {
        return tokens.is(Kind.VARIABLE_END)
                || tokens.is(Kind.BLOCK_END)
                || tokens.isOperator(")")
                || (endName != null && tokens.isName(endName));
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
            items.add(expression());
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
            Expression key = expression();
            tokens.expectOperator(":");
            pairs.add(new Expression.Pair(key, expression()));
        }
        return new Expression.DictOf(pairs);
    }

    private Expression postfix(Expression begun) {
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
            boundChain(++links);
        }
    }

    private void boundChain(int links) {
        if (links > MAX_DEPTH) {
            throw tokens.fail("expressions nest deeper than " + MAX_DEPTH);
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
        Expression start = tokens.isOperator(":") ? null : expression();
        if (start != null && tokens.isOperator(",")) {
            List<Expression> keys = new ArrayList<>(List.of(start));
            while (tokens.skipOperator(",") && !tokens.isOperator("]")) {
                keys.add(expression());
            }
            tokens.expectOperator("]");
            return new Expression.Item(owner, new Expression.TupleOf(keys));
        }
        if (start != null && tokens.skipOperator("]")) {
            return new Expression.Item(owner, start);
        }
        tokens.expectOperator(":");
        Expression stop = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
        Expression step = tokens.skipOperator(":") && !tokens.isOperator("]") ? expression() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(owner, start, stop, step);
    }

    CallArguments arguments() {
        return nested(this::argumentsInParentheses);
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
                more = expression();
            } else if (tokens.skipOperator("**")) {
                valid = moreNamed == null;
                moreNamed = expression();
            } else if (tokens.is(Kind.NAME) && tokens.look().isOperator("=")) {
                valid = moreNamed == null;
                String name = tokens.next().text();
                tokens.next();
                named.add(new Expression.Named(name, expression()));
            } else {
                valid = more == null && moreNamed == null && named.isEmpty();
                positional.add(expression());
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

    private Expression filtersAndTests(Expression begun) {
        Expression expression = begun;
        int links = 0;
        while (true) {
            if (tokens.skipOperator("|")) {
                expression = filter(expression);
            } else if (tokens.skipName("is")) {
                expression = test(expression);
            } else if (tokens.isOperator("(")) {
                expression = new Expression.Call(expression, arguments());
            } else {
                return expression;
            }
            boundChain(++links);
        }
    }

    /** A filter whose name comes next. */
    Expression.Filtered filter(@Nullable Expression input) {
        int line = tokens.current().line();
        String name = dottedName();
        CallArguments arguments = tokens.isOperator("(") ? arguments() : CallArguments.NONE;
        require(Filters.isKnown(name), "filter", name, line);
        return new Expression.Filtered(input, name, arguments);
    }

    private Expression test(Expression input) {
        int line = tokens.current().line();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        CallArguments arguments = CallArguments.NONE;
        if (tokens.isOperator("(")) {
            arguments = arguments();
        } else if (beginsTestArgument()) {
            if (tokens.isName("is")) {
                throw tokens.fail("You cannot chain multiple tests with is");
            }
            arguments = new CallArguments(List.of(postfix(primary())), List.of(), null, null);
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
