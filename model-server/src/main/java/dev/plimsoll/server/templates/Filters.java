package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Arguments.Bound;
import dev.plimsoll.server.templates.Value.Real;
import dev.plimsoll.server.templates.Value.Str;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Jinja2's filters of one value; those of its items are {@link ItemFilters}, those of its text {@link TextFilters}. */
final class Filters {
    private static final Set<String> NAMES = Set.of(
            "abs",
            "attr",
            "count",
            "d",
            "default",
            "float",
            "int",
            "length",
            "round",
            "string",
            "tojson",
            "safe",
            "e",
            "escape",
            "forceescape",
            "pprint");

    private final Budget budget;
    private final Attributes attributes;
    private final ItemFilters ofItems;
    private final TextFilters ofText;
    private final Operators operators;

    Filters(Budget budget, Attributes attributes, Tests tests) {
        this.budget = budget;
        this.attributes = attributes;
        this.operators = new Operators(budget);
        this.ofItems = new ItemFilters(budget, attributes, this, tests);
        this.ofText = new TextFilters(budget);
    }

    static boolean isKnown(String name) {
        return NAMES.contains(name) || ItemFilters.isKnown(name) || TextFilters.isKnown(name);
    }

    Value apply(String name, Value value, Arguments arguments) {
        budget.step();
        if (ItemFilters.isKnown(name)) {
            return ofItems.apply(name, value, arguments);
        }
        if (TextFilters.isKnown(name)) {
            return ofText.apply(name, value, arguments);
        }
        return switch (name) {
            case "tojson" -> Json.of(value, arguments, budget);
            case "default", "d" -> {
                Bound bound = with(value, arguments).bind("do_default", 1, "value", "default_value", "boolean");
                boolean replaced = value instanceof Undefined || (bound.flag(2) && !Truth.of(value));
                yield replaced ? bound.get(1, Value.EMPTY) : value;
            }
            case "length", "count" -> {
                with(value, arguments).only("len", 1, 1);
                yield Value.Int.of(Iteration.length(value));
            }
            case "string" -> {
                with(value, arguments).bind("soft_str", 1, "s");
                yield value instanceof Str ? value : Value.str(Text.str(value, budget));
            }
            case "safe" -> new Str(Text.str(value, budget), true);
            case "e", "escape" -> Markup.of(value, budget);
            case "forceescape" -> new Str(Markup.escape(Text.str(value, budget)), true);
            case "pprint" -> Value.str(Text.repr(value, budget));
            case "attr" -> {
                Bound bound = with(value, arguments).bind("do_attr", 2, "obj", "name");
                yield attributes.only(value, bound.text(1, ""));
            }
            case "abs" -> {
                with(value, arguments).only("abs", 1, 1);
                boolean negative = Numbers.isNumber(value) && Numbers.real(value) < 0;
                yield negative ? operators.negate(value) : operators.positive(value);
            }
            case "int" -> integer(value, with(value, arguments).bind("do_int", 1, "value", "default", "base"));
            case "float" -> real(value, with(value, arguments).bind("do_float", 1, "value", "default"));
            case "round" -> round(value, with(value, arguments).bind("do_round", 1, "value", "precision", "method"));
            default ->
                throw new TemplateException("TemplateRuntimeError: No filter named " + Text.quoted(name) + " found.");
        };
    }

    /** Arguments with the filtered value before them. */
    static Arguments with(Value value, Arguments arguments) {
        List<Value> positional = new ArrayList<>(arguments.positional().size() + 1);
        positional.add(value);
        positional.addAll(arguments.positional());
        return new Arguments(positional, arguments.named());
    }

    private static Value integer(Value value, Bound bound) {
        Value otherwise = bound.get(1, Value.Int.of(0));
        return switch (value) {
            case Undefined undefined -> throw undefined.failure();
            case Real real -> truncated(real.number(), otherwise);
            case Str str -> {
                BigInteger number = Numbers.parse(str.text(), bound.integer(2, 10));
                if (number != null) {
                    yield new Value.Int(number);
                }
                Double real = Numbers.parseReal(str.text());
                yield real == null ? otherwise : truncated(real, otherwise);
            }
            default -> {
                BigInteger number = Numbers.integer(value);
                yield number == null ? otherwise : new Value.Int(number);
            }
        };
    }

    private static Value truncated(double number, Value otherwise) {
        return Double.isNaN(number) || Double.isInfinite(number)
                ? otherwise
                : new Value.Int(new BigDecimal(number).toBigInteger());
    }

    private static Value real(Value value, Bound bound) {
        Value otherwise = bound.get(1, new Real(0));
        return switch (value) {
            case Undefined undefined -> throw undefined.failure();
            case Str str -> {
                Double number = Numbers.parseReal(str.text());
                yield number == null ? otherwise : new Real(number);
            }
            default -> Numbers.isNumber(value) ? new Real(Numbers.real(value)) : otherwise;
        };
    }

    private Value round(Value value, Bound bound) {
        int precision = bound.integer(1, 0);
        String method = bound.text(2, "common");
        if (!Set.of("common", "ceil", "floor").contains(method)) {
            throw new TemplateException("FilterArgumentError: method must be common, ceil or floor");
        }
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (!Numbers.isNumber(value)) {
            throw TemplateException.type("type " + Types.name(value) + " doesn't define __round__ method");
        }
        if (Math.abs(precision) > 400) {
            throw new TemplateLimitException("a precision of more than 400 digits");
        }
        if (!method.equals("common")) {
            Value scale = operators.apply("**", Value.Int.of(10), Value.Int.of(precision));
            double scaled = Numbers.real(operators.apply("*", value, scale));
            double whole = method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled);
            return operators.apply("/", truncated(whole, new Real(whole)), scale);
        }
        BigInteger integer = Numbers.integer(value);
        if (integer != null) {
            return precision >= 0
                    ? new Value.Int(integer)
                    : new Value.Int(new BigDecimal(integer)
                            .setScale(precision, RoundingMode.HALF_EVEN)
                            .toBigInteger());
        }
        double number = Numbers.real(value);
        boolean finite = !Double.isNaN(number) && !Double.isInfinite(number);
        return finite
                ? new Real(Math.copySign(
                        new BigDecimal(number)
                                .setScale(precision, RoundingMode.HALF_EVEN)
                                .doubleValue(),
                        number))
                : value;
    }
}
