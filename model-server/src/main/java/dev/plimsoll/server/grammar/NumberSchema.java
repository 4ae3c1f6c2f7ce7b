package dev.plimsoll.server.grammar;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers, within bounds. */
final class NumberSchema {
    static final Set<String> KEYWORDS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

    private NumberSchema() {}

    static Expression expression(Map<String, @Nullable Object> schema, SchemaPath path, boolean whole) {
        Object multiple = schema.get("multipleOf");
        MultipleOf multiples = multiple == null ? null : new MultipleOf(multiple, path.to("multipleOf"));
        NumberRange.Bound least = bound(schema, path, "minimum", "exclusiveMinimum", 1);
        NumberRange.Bound most = bound(schema, path, "maximum", "exclusiveMaximum", -1);
        if (least == null && most == null && multiples == null) {
            return whole ? JsonText.INTEGER : JsonText.NUMBER;
        }
        if (multiples != null && multiples.digits() < 0) {
            return multiples.between(least, most, whole);
        }
        int fraction = whole ? 0 : multiples == null ? NumberRange.DIGITS : multiples.digits();
        Expression range = new NumberRange(fraction, least, most).expression();
        if (range == null) {
            throw path.to(least == null ? "maximum" : "minimum").wrong("leaves no number that is written out here");
        }
        return range;
    }

    /** The narrower of a bound that may be met and one that may not. */
    private static NumberRange.@Nullable Bound bound(
            Map<String, @Nullable Object> schema, SchemaPath path, String met, String notMet, int sign) {
        BigDecimal inclusive = number(schema, path, met);
        BigDecimal exclusive = number(schema, path, notMet);
        if (inclusive == null && exclusive == null) {
            return null;
        }
        if (inclusive == null || (exclusive != null && sign * exclusive.compareTo(inclusive) >= 0)) {
            return new NumberRange.Bound(Objects.requireNonNull(exclusive), true);
        }
        return new NumberRange.Bound(inclusive, false);
    }

    private static @Nullable BigDecimal number(Map<String, @Nullable Object> schema, SchemaPath path, String keyword) {
        Object value = schema.get(keyword);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            BigDecimal beyond = new BigDecimal(number.toString());
            boolean upper = keyword.endsWith("aximum");
            if (beyond.abs().compareTo(NumberRange.BEYOND) >= 0 && upper == (beyond.signum() > 0)) {
                return upper ? NumberRange.BEYOND : NumberRange.BEYOND.negate();
            }
        }
        if (value instanceof Number number
                && Double.isFinite(number.doubleValue())
                && Math.abs(number.doubleValue()) < 1e15) {
            BigDecimal exact = new BigDecimal(number.toString());
            if (exact.stripTrailingZeros().scale() <= NumberRange.DIGITS) {
                return exact;
            }
        }
        throw path.to(keyword)
                .wrong("must be a number below 1e15 with at most " + NumberRange.DIGITS + " digits behind the point");
    }
}
