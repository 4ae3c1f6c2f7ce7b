package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Int;
import dev.plimsoll.server.templates.Value.ListValue;
import dev.plimsoll.server.templates.Value.Real;
import dev.plimsoll.server.templates.Value.Sequence;
import dev.plimsoll.server.templates.Value.Str;
import dev.plimsoll.server.templates.Value.TupleValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic on numbers, strings and lists. */
final class Operators {
    private final Budget budget;

    Operators(Budget budget) {
        this.budget = budget;
    }

    /**
     * {@code a <op> b}.
     *
     * @param operator one of {@code + - * / // % **}
     */
    Value apply(String operator, Value a, Value b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return a instanceof Real || b instanceof Real
                    ? reals(operator, Numbers.real(a), Numbers.real(b))
                    : integers(
                            operator,
                            Objects.requireNonNull(Numbers.integer(a)),
                            Objects.requireNonNull(Numbers.integer(b)));
        }
        if (operator.equals("%") && a instanceof Str format) {
            return new PercentFormat(format, b, budget).apply();
        }
        requireDefined(a);
        requireDefined(b);
        Value result =
                switch (operator) {
                    case "+" -> add(a, b);
                    case "*" -> repeat(a, b);
                    default -> null;
                };
        if (result != null) {
            return result;
        }
        throw mismatch(operator, a, b);
    }

    private static void requireDefined(Value value) {
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
    }

    private static TemplateException mismatch(String operator, Value a, Value b) {
        if (operator.equals("+") && (a instanceof Str || a instanceof Sequence)) {
            String type = Types.name(a);
            return TemplateException.type(
                    "can only concatenate " + type + " (not \"" + Types.name(b) + "\") to " + type);
        }
        return TemplateException.type("unsupported operand type(s) for " + operator + ": " + Text.quoted(Types.name(a))
                + " and " + Text.quoted(Types.name(b)));
    }

    private @Nullable Value add(Value a, Value b) {
        if (a instanceof Str left && b instanceof Str right) {
            return concat(left, right);
        }
        if (a instanceof ListValue left && b instanceof ListValue right) {
            return new ListValue(joined(left, right), Math.max(left.nesting(), right.nesting()));
        }
        if (a instanceof TupleValue left && b instanceof TupleValue right) {
            return new TupleValue(joined(left, right), Math.max(left.nesting(), right.nesting()));
        }
        return null;
    }

    private List<Value> joined(Sequence a, Sequence b) {
        budget.items((long) a.items().size() + b.items().size());
        List<Value> items = new ArrayList<>(a.items().size() + b.items().size());
        items.addAll(a.items());
        items.addAll(b.items());
        return items;
    }

    private Str concat(Str a, Str b) {
        boolean markup = a.markup() || b.markup();
        String left = markup ? Markup.escape(a) : a.text();
        String right = markup ? Markup.escape(b) : b.text();
        budget.text((long) left.length() + right.length());
        return new Str(left + right, markup);
    }

    private @Nullable Value repeat(Value a, Value b) {
        BigInteger count = Numbers.integer(b);
        if (count == null) {
            count = Numbers.integer(a);
            return count == null ? null : repeat(b, count);
        }
        return repeat(a, count);
    }

    private @Nullable Value repeat(Value repeated, BigInteger count) {
        int times = Math.max(0, Numbers.clamp(count));
        if (repeated instanceof Str str) {
            budget.text((long) str.text().length() * times);
            return new Str(str.text().isEmpty() ? "" : str.text().repeat(times), str.markup());
        }
        if (!(repeated instanceof Sequence sequence)) {
            return null;
        }
        budget.items((long) sequence.items().size() * times);
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < times && !sequence.items().isEmpty(); i++) {
            items.addAll(sequence.items());
        }
        return sequence instanceof TupleValue
                ? new TupleValue(items, sequence.nesting())
                : new ListValue(items, sequence.nesting());
    }

    private static Value integers(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> Numbers.of(a.add(b));
            case "-" -> Numbers.of(a.subtract(b));
            case "*" -> Numbers.of(a.multiply(b));
            case "/" -> {
                requireNonZero(b.signum() == 0, "division by zero");
                yield new Real(a.doubleValue() / b.doubleValue());
            }
            case "//" -> {
                requireNonZero(b.signum() == 0, "integer division or modulo by zero");
                yield new Int(floorDivide(a, b));
            }
            case "%" -> {
                requireNonZero(b.signum() == 0, "integer division or modulo by zero");
                yield new Int(a.subtract(floorDivide(a, b).multiply(b)));
            }
            default ->
                b.signum() < 0 ? reals(operator, a.doubleValue(), b.doubleValue()) : Numbers.of(Numbers.power(a, b));
        };
    }

    private static BigInteger floorDivide(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        return below ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static Value reals(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> new Real(a + b);
            case "-" -> new Real(a - b);
            case "*" -> new Real(a * b);
            case "/" -> {
                requireNonZero(b == 0, "float division by zero");
                yield new Real(a / b);
            }
            case "//" -> {
                requireNonZero(b == 0, "float floor division by zero");
                double quotient = (a - modulo(a, b)) / b;
                double floor = Math.floor(quotient);
                yield new Real(quotient - floor > 0.5 ? floor + 1 : floor);
            }
            case "%" -> {
                requireNonZero(b == 0, "float modulo");
                yield new Real(modulo(a, b));
            }
            default -> {
                requireNonZero(a == 0 && b < 0, "0.0 cannot be raised to a negative power");
                if (a < 0 && b != Math.rint(b)) {
                    throw TemplateException.type("complex numbers are not values of a template");
                }
                yield new Real(Math.pow(a, b));
            }
        };
    }

    private static double modulo(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
            return Math.copySign(0, b);
        }
        return (rest < 0) == (b < 0) ? rest : rest + b;
    }

    private static void requireNonZero(boolean zero, String message) {
        if (zero) {
            throw new TemplateException("ZeroDivisionError: " + message);
        }
    }

    Value negate(Value value) {
        requireDefined(value);
        if (value instanceof Real real) {
            return new Real(-real.number());
        }
        BigInteger integer = Numbers.integer(value);
        if (integer == null) {
            throw TemplateException.type("bad operand type for unary -: " + Text.quoted(Types.name(value)));
        }
        return new Int(integer.negate());
    }

    Value positive(Value value) {
        requireDefined(value);
        BigInteger integer = Numbers.integer(value);
        if (integer == null && !(value instanceof Real)) {
            throw TemplateException.type("bad operand type for unary +: " + Text.quoted(Types.name(value)));
        }
        return integer == null ? value : new Int(integer);
    }
}
