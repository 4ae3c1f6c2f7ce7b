package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Jinja2's tests: {@code x is name}. */
final class Tests {
    private static final Set<String> NAMES = Set.of(
            "odd",
            "even",
            "divisibleby",
            "defined",
            "undefined",
            "filter",
            "test",
            "none",
            "boolean",
            "false",
            "true",
            "integer",
            "float",
            "lower",
            "upper",
            "string",
            "mapping",
            "number",
            "sequence",
            "iterable",
            "callable",
            "sameas",
            "escaped",
            "in",
            "==",
            "eq",
            "equalto",
            "!=",
            "ne",
            ">",
            "gt",
            "greaterthan",
            "ge",
            ">=",
            "<",
            "lt",
            "lessthan",
            "<=",
            "le");

    private final Budget budget;
    private final Operators operators;

    Tests(Budget budget) {
        this.budget = budget;
        this.operators = new Operators(budget);
    }

    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    boolean apply(String name, Value value, Arguments arguments) {
        if (!isKnown(name)) {
            throw new TemplateException("TemplateRuntimeError: No test named " + Text.quoted(name) + ".");
        }
        List<Value> all = new ArrayList<>(List.of(value));
        all.addAll(arguments.positional());
        Arguments given = new Arguments(all, arguments.named());
        return switch (name) {
            case "==", "eq", "equalto" -> Comparison.equal(value, other(name, given));
            case "!=", "ne" -> !Comparison.equal(value, other(name, given));
            case ">", "gt", "greaterthan" -> Comparison.ordered(">", value, other(name, given));
            case ">=", "ge" -> Comparison.ordered(">=", value, other(name, given));
            case "<", "lt", "lessthan" -> Comparison.ordered("<", value, other(name, given));
            case "<=", "le" -> Comparison.ordered("<=", value, other(name, given));
            case "in" -> Comparison.contains(other(name, given), value, budget);
            case "sameas" -> same(value, other(name, given));
            case "divisibleby" -> isRest(value, other(name, given), 0);
            default -> {
                given.bind("test_" + name, 1, "value");
                yield of(name, value);
            }
        };
    }

    private static Value other(String name, Arguments given) {
        return given.bind("test_" + name, 2, "value", "other").get(1);
    }

    private boolean of(String name, Value value) {
        return switch (name) {
            case "odd" -> isRest(value, Value.Int.of(2), 1);
            case "even" -> isRest(value, Value.Int.of(2), 0);
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "filter" -> Filters.isKnown(Text.ofString(value));
            case "test" -> isKnown(Text.ofString(value));
            case "none" -> value instanceof Value.None;
            case "boolean" -> value instanceof Value.Bool;
            case "false" -> value instanceof Value.Bool bool && !bool.is();
            case "true" -> value instanceof Value.Bool bool && bool.is();
            case "integer" -> value instanceof Value.Int;
            case "float" -> value instanceof Value.Real;
            case "number" -> Numbers.isNumber(value);
            case "string" -> value instanceof Str;
            case "mapping" -> value instanceof Dict;
            case "sequence" ->
                value instanceof Str
                        || value instanceof Value.Sequence
                        || value instanceof Dict
                        || value instanceof Range
                        || value instanceof Undefined;
            case "iterable" -> Iteration.isIterable(value);
            case "callable" -> value instanceof Value.Callable || value instanceof Undefined;
            case "escaped" -> value instanceof Str str && str.markup();
            default -> {
                Str text = new Str(Text.str(value, budget), false);
                yield Truth.of(new StringMethods(text, budget).call("is" + name, Arguments.NONE));
            }
        };
    }

    private boolean isRest(Value value, Value divisor, int rest) {
        return Comparison.equal(operators.apply("%", value, divisor), Value.Int.of(rest));
    }

    /** Small integers and short texts are single objects in Python; other values are compared by identity. */
    private static boolean same(Value a, Value b) {
        return switch (a) {
            case Value.None none -> b instanceof Value.None;
            case Value.Bool bool -> b instanceof Value.Bool other && bool.is() == other.is();
            case Value.Int integer ->
                b instanceof Value.Int other && integer.number().equals(other.number());
            case Str str -> b instanceof Str other && str.equals(other);
            default -> a == b;
        };
    }
}
