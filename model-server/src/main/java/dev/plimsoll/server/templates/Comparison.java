package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Bool;
import dev.plimsoll.server.templates.Value.Int;
import dev.plimsoll.server.templates.Value.ListValue;
import dev.plimsoll.server.templates.Value.Real;
import dev.plimsoll.server.templates.Value.Str;
import dev.plimsoll.server.templates.Value.TupleValue;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** {@code ==}, {@code <} and {@code in} of Python. */
final class Comparison {
    private Comparison() {}

    static boolean equal(Value a, Value b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return compareNumbers(a, b) == 0;
        }
        return switch (a) {
            case Str left -> b instanceof Str right && left.text().equals(right.text());
            case ListValue left -> b instanceof ListValue right && equalItems(left.items(), right.items());
            case TupleValue left -> b instanceof TupleValue right && equalItems(left.items(), right.items());
            case Dict left -> b instanceof Dict right && equalEntries(left, right);
            case Undefined left -> b instanceof Undefined;
            case Range left -> b instanceof Range right && equalItems(left.items(), right.items());
            case Value.None left -> b instanceof Value.None;
            default -> a == b;
        };
    }

    private static boolean equalItems(List<Value> a, List<Value> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalEntries(Dict a, Dict b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (Dict.Entry entry : a.entries()) {
            Value other = b.get(entry.key());
            if (other == null || !equal(entry.value(), other)) {
                return false;
            }
        }
        return true;
    }

    /** Unordered (2) when one is not a number. */
    private static int compareNumbers(Value a, Value b) {
        if (a instanceof Real || b instanceof Real) {
            double left = Numbers.real(a);
            double right = Numbers.real(b);
            if (Double.isNaN(left) || Double.isNaN(right)) {
                return 2;
            }
            if (Double.isInfinite(left) || Double.isInfinite(right)) {
                return Double.compare(left, right);
            }
            return exact(a).compareTo(exact(b));
        }
        return Objects.requireNonNull(Numbers.integer(a)).compareTo(Objects.requireNonNull(Numbers.integer(b)));
    }

    private static BigDecimal exact(Value number) {
        return number instanceof Real real
                ? new BigDecimal(real.number())
                : new BigDecimal(Objects.requireNonNull(Numbers.integer(number)));
    }

    /**
     * {@code a <op> b}.
     *
     * @param operator one of {@code < <= > >=}
     */
    static boolean ordered(String operator, Value a, Value b) {
        int order = order(operator, a, b);
        if (order == 2) {
            return false;
        }
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    private static int order(String operator, Value a, Value b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return compareNumbers(a, b);
        }
        if (a instanceof Str left && b instanceof Str right) {
            return compareText(left.text(), right.text());
        }
        if (a instanceof ListValue left && b instanceof ListValue right) {
            return compareItems(operator, left.items(), right.items());
        }
        if (a instanceof TupleValue left && b instanceof TupleValue right) {
            return compareItems(operator, left.items(), right.items());
        }
        if (a instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.failure();
        }
        throw TemplateException.type(Text.quoted(operator) + " not supported between instances of "
                + Text.quoted(Types.name(a)) + " and " + Text.quoted(Types.name(b)));
    }

    private static int compareItems(String operator, List<Value> a, List<Value> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (!equal(a.get(i), b.get(i))) {
                return order(operator, a.get(i), b.get(i));
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** By code points: a pair of surrogates comes after all other units. */
    private static int compareText(String a, String b) {
        for (int i = 0; i < Math.min(a.length(), b.length()); i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean pairs = Character.isSurrogate(left) != Character.isSurrogate(right);
                return pairs ? Character.isSurrogate(left) ? 1 : -1 : Character.compare(left, right);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** The order of {@code sorted}; fails for values that have none. */
    static Comparator<Value> sorting() {
        return (a, b) -> ordered("<", a, b) ? -1 : ordered("<", b, a) ? 1 : 0;
    }

    /** {@code item in container}. */
    static boolean contains(Value container, Value item, Budget budget) {
        return switch (container) {
            case Str text -> {
                if (item instanceof Str part) {
                    yield text.text().contains(part.text());
                }
                throw TemplateException.type("'in <string>' requires string as left operand, not " + Types.name(item));
            }
            case Dict dict -> dict.contains(item);
            case DictView view
            when view.kind() == DictView.Kind.dict_keys -> view.dict().contains(item);
            case Int integer -> throw notIterable(container);
            case Bool bool -> throw notIterable(container);
            case Real real -> throw notIterable(container);
            default -> {
                if (!Iteration.isIterable(container)) {
                    throw notIterable(container);
                }
                Iterator<Value> items = Iteration.of(container, budget);
                while (items.hasNext()) {
                    budget.step();
                    if (equal(items.next(), item)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private static TemplateException notIterable(Value value) {
        return TemplateException.type("argument of type " + Text.quoted(Types.name(value)) + " is not iterable");
    }
}
