package dev.plimsoll.server.templates;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of a template that has a value. */
sealed interface Expression {
    record Constant(Value value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record TupleOf(List<Expression> items) implements Expression {}

    record DictOf(List<Pair> pairs) implements Expression {}

    record Pair(Expression key, Expression value) {}

    /** {@code owner.name}. */
    record Attribute(Expression owner, String name) implements Expression {}

    /** {@code owner[key]}. */
    record Item(Expression owner, Expression key) implements Expression {}

    /** {@code owner[start:stop:step]}. */
    record Slice(
            Expression owner,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {}

    record Call(Expression callee, CallArguments arguments) implements Expression {}

    /** {@code input|name(...)}; without an input it stands before a block. */
    record Filtered(@Nullable Expression input, String name, CallArguments arguments) implements Expression {}

    record Tested(Expression input, String name, CallArguments arguments) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Negate(Expression operand) implements Expression {}

    record Positive(Expression operand) implements Expression {}

    record Arithmetic(String operator, Expression left, Expression right) implements Expression {}

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expression> parts) implements Expression {}

    /** {@code a < b <= c}. */
    record Compare(Expression first, List<Operand> rest) implements Expression {}

    /** An operator ({@code == != < <= > >= in notin}) and what is to its right. */
    record Operand(String operator, Expression right) {}

    record Conditional(
            Expression test, Expression then, @Nullable Expression otherwise) implements Expression {}

    /** {@code (a, key=b, *more, **named)}. */
    record CallArguments(
            List<Expression> positional,
            List<Named> named,
            @Nullable Expression more,
            @Nullable Expression moreNamed) {
        static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);

        boolean isEmpty() {
            return positional.isEmpty() && named.isEmpty() && more == null && moreNamed == null;
        }
    }

    record Named(String name, Expression value) {}
}
