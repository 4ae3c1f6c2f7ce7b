package dev.plimsoll.server.templates;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What makes two values the same key: {@code 1}, {@code 1.0} and {@code True} are one. */
final class Keys {
    private enum Special {
        NONE,
        UNDEFINED
    }

    private record TupleKey(List<Object> items) {}

    private Keys() {}

    /**
     * An object that equals that of each equal value.
     *
     * @throws TemplateException when the value is not hashable
     */
    static Object of(Value value) {
        return switch (value) {
            case Value.None none -> Special.NONE;
            case Undefined undefined -> Special.UNDEFINED;
            case Value.Bool bool -> bool.is() ? BigInteger.ONE : BigInteger.ZERO;
            case Value.Int integer -> integer.number();
            case Value.Real real -> real(real.number());
            case Value.Str str -> str.text();
            case Value.TupleValue tuple -> {
                List<Object> items = new ArrayList<>();
                tuple.items().forEach(item -> items.add(of(item)));
                yield new TupleKey(items);
            }
            case Value.ListValue list -> throw unhashable("list");
            case Dict dict -> throw unhashable("dict");
            case Value other -> other;
        };
    }

    private static Object real(double number) {
        boolean whole = !Double.isInfinite(number) && number == Math.rint(number);
        return whole ? new BigDecimal(number).toBigInteger() : (Object) number;
    }

    private static TemplateException unhashable(String type) {
        return TemplateException.type("unhashable type: '" + type + "'");
    }
}
