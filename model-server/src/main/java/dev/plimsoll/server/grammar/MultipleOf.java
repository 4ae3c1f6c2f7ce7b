package dev.plimsoll.server.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that are multiples of one: those with so many digits behind the point where it is a power of ten, else all
 * between two bounds, written out.
 */
final class MultipleOf {
    private static final int MOST_VALUES = 2000;

    private final BigDecimal step;
    private final SchemaPath path;

    MultipleOf(Object value, SchemaPath path) {
        if (!(value instanceof Number number)
                || !Double.isFinite(number.doubleValue())
                || number.doubleValue() <= 0
                || Math.abs(new BigDecimal(number.toString())
                                .stripTrailingZeros()
                                .scale())
                        > NumberRange.DIGITS) {
            throw path.wrong("must be a number above 0");
        }
        this.step = new BigDecimal(value.toString()).stripTrailingZeros();
        this.path = path;
    }

    /** Digits behind the point where any number with so many is a multiple; -1 where that is not so. */
    int digits() {
        return step.unscaledValue().equals(BigInteger.ONE) && step.scale() >= 0 ? step.scale() : -1;
    }

    /** Those between two bounds. */
    Expression between(NumberRange.@Nullable Bound least, NumberRange.@Nullable Bound most, boolean whole) {
        if (least == null || most == null) {
            throw path.wrong("is implemented for powers of ten up to 1, and between a minimum and a maximum");
        }
        BigDecimal first = least.value().divide(step, 0, RoundingMode.CEILING);
        BigDecimal last = most.value().divide(step, 0, RoundingMode.FLOOR);
        if (last.subtract(first).compareTo(BigDecimal.valueOf(MOST_VALUES)) >= 0) {
            throw path.wrong("is implemented for at most " + MOST_VALUES + " numbers between minimum and maximum");
        }
        List<String> values = new ArrayList<>();
        for (BigDecimal count = first; count.compareTo(last) <= 0; count = count.add(BigDecimal.ONE)) {
            BigDecimal value = count.multiply(step);
            boolean excluded = (least.exclusive() && value.compareTo(least.value()) == 0)
                    || (most.exclusive() && value.compareTo(most.value()) == 0);
            boolean fraction = value.stripTrailingZeros().scale() > 0;
            if (!excluded && !(whole && fraction)) {
                values.add(
                        value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString());
            }
        }
        if (values.isEmpty()) {
            throw path.wrong("leaves no number between minimum and maximum");
        }
        return Expression.anyOf(values);
    }
}
