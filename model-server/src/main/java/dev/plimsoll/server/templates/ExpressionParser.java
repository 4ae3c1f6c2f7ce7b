package dev.plimsoll.server.templates;

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
    private final OperandParser operands;
    private final FilterParser filters;
    private Set<String> names = new HashSet<>();
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
        this.filters = new FilterParser(tokens, this, operands);
    }

    /** Filters and tests, among expressions or by themselves. */
    FilterParser filters() {
        return filters;
    }

    /** Takes note of a name that is read. */
    void reads(String name) {
        names.add(name);
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

    Expression expression() {
        return nested(this::condition);
    }

    Expression expressionWithoutCondition() {
        return nested(this::or);
    }

    <T> T nested(Supplier<T> parsing) {
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
        int certain = filters.unknown().size();
        Expression expression = or();
        while (tokens.skipName("if")) {
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? nested(this::condition) : null;
            expression = new Expression.Conditional(test, expression, otherwise);
            filters.forgetUnknownFrom(certain);
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
            expression = operands.primary();
        }
        expression = operands.postfix(expression);
        return withFilter ? filters.filtersAndTests(expression) : expression;
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

    /** Bounds what stands one behind the other, which is nested, too. */
    void boundChain(int links) {
        if (links > MAX_DEPTH) {
            throw tokens.fail("expressions nest deeper than " + MAX_DEPTH);
        }
    }
}
