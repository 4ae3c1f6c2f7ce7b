package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Expression.CallArguments;
import dev.plimsoll.server.templates.Value.Str;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the value of expressions. */
final class Evaluator {
    private final Budget budget;
    private final Operators operators;
    private final Attributes attributes;
    private final Filters filters;
    private final Tests tests;

    Evaluator(Budget budget) {
        this.budget = budget;
        this.operators = new Operators(budget);
        this.attributes = new Attributes(budget);
        this.tests = new Tests(budget);
        this.filters = new Filters(budget, attributes, tests);
    }

    Value value(Expression expression, Scope scope) {
        budget.step();
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListOf list -> Value.ListValue.of(values(list.items(), scope));
            case Expression.TupleOf tuple -> Value.TupleValue.of(values(tuple.items(), scope));
            case Expression.DictOf dict -> dict(dict, scope);
            case Expression.Attribute attribute ->
                attributes.attribute(value(attribute.owner(), scope), attribute.name());
            case Expression.Item item -> attributes.item(value(item.owner(), scope), value(item.key(), scope));
            case Expression.Slice slice ->
                new Slices(budget)
                        .of(
                                value(slice.owner(), scope),
                                optional(slice.start(), scope),
                                optional(slice.stop(), scope),
                                optional(slice.step(), scope));
            case Expression.Call call -> call(call, null, scope);
            case Expression.Filtered filtered -> filtered(filtered, null, scope);
            case Expression.Tested tested -> {
                Value input = value(tested.input(), scope);
                yield Value.bool(tests.apply(tested.name(), input, arguments(tested.arguments(), scope)));
            }
            case Expression.Not not -> Value.bool(!Truth.of(value(not.operand(), scope)));
            case Expression.And and -> {
                Value left = value(and.left(), scope);
                yield Truth.of(left) ? value(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                Value left = value(or.left(), scope);
                yield Truth.of(left) ? left : value(or.right(), scope);
            }
            case Expression.Negate negate -> operators.negate(value(negate.operand(), scope));
            case Expression.Positive positive -> operators.positive(value(positive.operand(), scope));
            case Expression.Arithmetic arithmetic -> {
                Value left = value(arithmetic.left(), scope);
                yield operators.apply(arithmetic.operator(), left, value(arithmetic.right(), scope));
            }
            case Expression.Concat concat -> concat(concat, scope);
            case Expression.Compare compare -> Value.bool(compare(compare, scope));
            case Expression.Conditional conditional -> conditional(conditional, scope);
        };
    }

    private @Nullable Value optional(@Nullable Expression expression, Scope scope) {
        return expression == null ? null : value(expression, scope);
    }

    private List<Value> values(List<Expression> expressions, Scope scope) {
        budget.items(expressions.size());
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Dict dict(Expression.DictOf dict, Scope scope) {
        budget.items(dict.pairs().size());
        Dict.Builder builder = new Dict.Builder();
        for (Expression.Pair pair : dict.pairs()) {
            Value key = value(pair.key(), scope);
            builder.put(key, value(pair.value(), scope));
        }
        return builder.build();
    }

    private Str concat(Expression.Concat concat, Scope scope) {
        List<Value> parts = values(concat.parts(), scope);
        Output out = new Output(budget);
        parts.forEach(part -> out.append(Text.str(part, budget)));
        return Value.str(out.toString());
    }

    private boolean compare(Expression.Compare compare, Scope scope) {
        Value left = value(compare.first(), scope);
        for (Expression.Operand operand : compare.rest()) {
            Value right = value(operand.right(), scope);
            boolean holds =
                    switch (operand.operator()) {
                        case "==" -> Comparison.equal(left, right);
                        case "!=" -> !Comparison.equal(left, right);
                        case "in" -> Comparison.contains(right, left, budget);
                        case "notin" -> !Comparison.contains(right, left, budget);
                        default -> Comparison.ordered(operand.operator(), left, right);
                    };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (Truth.of(value(conditional.test(), scope))) {
            return value(conditional.then(), scope);
        }
        Expression otherwise = conditional.otherwise();
        return otherwise == null
                ? Undefined.saying("the inline if-expression evaluated to false and no else section was defined.")
                : value(otherwise, scope);
    }

    /**
     * Calls.
     *
     * @param caller passed as {@code caller} beside the arguments; null without
     */
    Value call(Expression.Call call, @Nullable Value caller, Scope scope) {
        Value callee = value(call.callee(), scope);
        Arguments arguments = arguments(call.arguments(), scope);
        if (caller != null) {
            Map<String, Value> named = new LinkedHashMap<>(arguments.named());
            named.put("caller", caller);
            arguments = new Arguments(arguments.positional(), named);
        }
        return switch (callee) {
            case Value.Callable callable -> callable.call(arguments);
            case Undefined undefined -> throw undefined.failure();
            default -> throw TemplateException.type(Text.quoted(Types.name(callee)) + " object is not callable");
        };
    }

    /**
     * Filters.
     *
     * @param block what stands in for an input; null when there is one
     */
    Value filtered(Expression.Filtered filtered, @Nullable Value block, Scope scope) {
        Expression inner = filtered.input();
        Value input;
        if (inner == null) {
            input = block == null ? Value.NONE : block;
        } else if (inner instanceof Expression.Filtered before && block != null) {
            input = filtered(before, block, scope);
        } else {
            input = value(inner, scope);
        }
        return filters.apply(filtered.name(), input, arguments(filtered.arguments(), scope));
    }

    private Arguments arguments(CallArguments given, Scope scope) {
        if (given.isEmpty()) {
            return Arguments.NONE;
        }
        List<Value> positional = values(given.positional(), scope);
        if (given.more() != null) {
            positional.addAll(Iteration.list(value(given.more(), scope), budget));
        }
        Map<String, Value> named = new LinkedHashMap<>();
        given.named().forEach(argument -> named.put(argument.name(), value(argument.value(), scope)));
        if (given.moreNamed() != null) {
            if (!(value(given.moreNamed(), scope) instanceof Dict dict)) {
                throw TemplateException.type("argument after ** must be a mapping");
            }
            for (Dict.Entry entry : dict.entries()) {
                if (named.put(Text.ofString(entry.key()), entry.value()) != null) {
                    throw TemplateException.type("got multiple values for keyword argument");
                }
            }
        }
        return new Arguments(positional, named);
    }
}
