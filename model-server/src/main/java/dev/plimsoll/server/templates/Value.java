package dev.plimsoll.server.templates;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value of Python, as far as a template can have one. All but namespaces and iterators are immutable. */
public sealed interface Value {
    Value NONE = new None();
    Value TRUE = new Bool(true);
    Value FALSE = new Bool(false);
    Str EMPTY = new Str("", false);

    /** {@code None}. */
    record None() implements Value {}

    record Bool(boolean is) implements Value {}

    record Int(BigInteger number) implements Value {
        static Int of(long number) {
            return new Int(BigInteger.valueOf(number));
        }
    }

    record Real(double number) implements Value {}

    /**
     * A string.
     *
     * @param markup whether it is one of markupsafe's, which escape what is joined to them
     */
    record Str(String text, boolean markup) implements Value {}

    /** A list or a tuple. */
    sealed interface Sequence extends Value {
        List<Value> items();

        int nesting();
    }

    /** A list; {@code nesting} counts values inside values. */
    record ListValue(List<Value> items, int nesting) implements Sequence {
        static ListValue of(List<Value> items) {
            return new ListValue(items, Nesting.around(items));
        }
    }

    record TupleValue(List<Value> items, int nesting) implements Sequence {
        static TupleValue of(List<Value> items) {
            return new TupleValue(items, Nesting.around(items));
        }

        static TupleValue of(Value... items) {
            return of(List.of(items));
        }
    }

    /** Something with an identity, attributes or a call. */
    non-sealed interface ObjectValue extends Value {
        /** Python's name of its type. */
        String typeName();

        /** An attribute; null when it has none of that name. */
        default @Nullable Value attribute(String name) {
            return null;
        }
    }

    /** What can be called. */
    non-sealed interface Callable extends Value {
        Value call(Arguments arguments);

        default String typeName() {
            return "function";
        }
    }

    static Str str(String text) {
        return text.isEmpty() ? EMPTY : new Str(text, false);
    }

    static Value bool(boolean is) {
        return is ? TRUE : FALSE;
    }

    /**
     * A value of Java as Python has it: null, Boolean, numbers, CharSequence, Map, Collection, or a Value.
     *
     * @throws TemplateException when values nest too deep or are of another class
     */
    static Value of(@Nullable Object object) {
        return of(object, RenderLimits.MAX_NESTING);
    }

    private static Value of(@Nullable Object object, int depth) {
        if (depth == 0) {
            throw new TemplateLimitException("values nest deeper than " + RenderLimits.MAX_NESTING);
        }
        return switch (object) {
            case null -> NONE;
            case Value value -> value;
            case Boolean is -> bool(is);
            case CharSequence text -> str(text.toString());
            case BigInteger number -> new Int(number);
            case BigDecimal number -> new Real(number.doubleValue());
            case Double number -> new Real(number);
            case Float number -> new Real(number);
            case Number number -> Int.of(number.longValue());
            case Map<?, ?> map -> {
                Dict.Builder dict = new Dict.Builder();
                map.forEach((key, value) -> dict.put(of(key, depth - 1), of(value, depth - 1)));
                yield dict.build();
            }
            case Collection<?> list -> {
                List<Value> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(of(item, depth - 1)));
                yield ListValue.of(items);
            }
            default -> throw new TemplateException("no value for a template: " + object.getClass());
        };
    }
}
