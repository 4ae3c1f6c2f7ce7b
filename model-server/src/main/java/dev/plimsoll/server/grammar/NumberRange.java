package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.empty;
import static dev.plimsoll.server.grammar.Expression.oneOf;
import static dev.plimsoll.server.grammar.Expression.sequence;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers between two bounds, written out: digit by digit, what is written may still be either bound's beginning, or is
 * between them for certain.
 *
 * @param fraction digits behind the point at most
 */
record NumberRange(
        int fraction, @Nullable Bound least, @Nullable Bound most) {
    /** Digits at most: so many every double tells apart, so that what is written keeps its side of a bound when it is read. */
    static final int DIGITS = 15;

    /** All numbers that are written out are within. */
    static final BigDecimal BEYOND = BigDecimal.TEN.pow(DIGITS);

    /** A bound that the number may be, or may not. */
    record Bound(BigDecimal value, boolean exclusive) {
        Bound negated() {
            return new Bound(value.negate(), exclusive);
        }

        /** Whether the bound leaves numbers below 0, if it is one of above. */
        int sign() {
            return value.signum();
        }
    }

    /** Null when no number is between them. */
    @Nullable
    Expression expression() {
        List<Expression> alternatives = new ArrayList<>();
        boolean positives = most == null || most.sign() > 0 || (most.sign() == 0 && !most.exclusive());
        if (positives) {
            Bound from = least == null || least.sign() < 0 ? new Bound(BigDecimal.ZERO, false) : least;
            add(alternatives, "", new Digits(fraction, from, most).expression());
        }
        if (least == null || least.sign() < 0) {
            Bound from = most == null || most.sign() >= 0 ? new Bound(BigDecimal.ZERO, true) : most.negated();
            add(alternatives, "-", new Digits(fraction, from, least == null ? null : least.negated()).expression());
        }
        return alternatives.isEmpty() ? null : new Expression.Choice(alternatives);
    }

    private static void add(List<Expression> alternatives, String sign, @Nullable Expression digits) {
        if (digits != null) {
            alternatives.add(sequence(Expression.text(sign), digits));
        }
    }

    /** Numbers that are not negative, between a bound and maybe another. */
    private static final class Digits {
        private final int mostDigits;
        private final Bound least;
        private final @Nullable Bound most;
        private final String leastFraction;
        private final String mostFraction;

        Digits(int fraction, Bound least, @Nullable Bound most) {
            this.mostDigits = fraction;
            this.least = least;
            this.most = most;
            this.leastFraction = fraction(least.value());
            this.mostFraction = most == null ? "" : fraction(most.value());
        }

        private static String fraction(BigDecimal value) {
            String text = value.stripTrailingZeros().toPlainString();
            int point = text.indexOf('.');
            return point < 0 ? "" : text.substring(point + 1);
        }

        private static String integer(BigDecimal value) {
            return value.setScale(0, RoundingMode.DOWN).toPlainString();
        }

        @Nullable
        Expression expression() {
            List<Expression> lengths = new ArrayList<>();
            String low = integer(least.value());
            String high = most == null ? "9".repeat(DIGITS) : integer(most.value());
            for (int length = low.length(); length <= Math.min(DIGITS, high.length()); length++) {
                boolean atLow = length == low.length();
                boolean atHigh = most != null && length == high.length();
                String from = atLow ? low : "1" + "0".repeat(length - 1);
                String to = atHigh ? high : "9".repeat(length);
                Expression digits = integerDigits(from, to, 0, true, true, atLow, atHigh);
                if (digits != null) {
                    lengths.add(digits);
                }
            }
            return lengths.isEmpty() ? null : new Expression.Choice(lengths);
        }

        /**
         * From a digit of the whole part on.
         *
         * @param low whether all digits so far are those of {@code from}; {@code high} likewise
         * @param isLeast whether {@code from} is the bound's own; {@code isMost} likewise
         */
        private @Nullable Expression integerDigits(
                String from, String to, int at, boolean low, boolean high, boolean isLeast, boolean isMost) {
            if (at == from.length()) {
                return fractionDigits(0, Math.min(mostDigits, DIGITS - from.length()), low && isLeast, high && isMost);
            }
            int first = low ? from.charAt(at) - '0' : 0;
            int last = high ? to.charAt(at) - '0' : 9;
            if (last < first) {
                return null;
            }
            return digits(
                    first,
                    last,
                    low,
                    high,
                    (stillLow, stillHigh) -> integerDigits(from, to, at + 1, stillLow, stillHigh, isLeast, isMost));
        }

        @FunctionalInterface
        private interface Rest {
            @Nullable
            Expression behind(boolean low, boolean high);
        }

        /** A digit between two, and what comes behind it: digits between them free what follows of both bounds. */
        private static @Nullable Expression digits(int first, int last, boolean low, boolean high, Rest rest) {
            List<Expression> alternatives = new ArrayList<>();
            int begin = first;
            int end = last;
            if (first == last && (low || high)) {
                add(alternatives, first, first, rest.behind(low, high));
                begin++;
            } else {
                if (low) {
                    add(alternatives, first, first, rest.behind(true, false));
                    begin++;
                }
                if (high && last >= first) {
                    add(alternatives, last, last, rest.behind(false, true));
                    end--;
                }
            }
            if (begin <= end) {
                add(alternatives, begin, end, rest.behind(false, false));
            }
            return alternatives.isEmpty() ? null : new Expression.Choice(alternatives);
        }

        private static void add(List<Expression> alternatives, int first, int last, @Nullable Expression rest) {
            if (rest != null) {
                alternatives.add(sequence(oneOf("0123456789".substring(first, last + 1)), rest));
            }
        }

        /**
         * From a digit behind the point on; the number may end where it is within both bounds.
         *
         * @param room digits that may come
         */
        private @Nullable Expression fractionDigits(int at, int room, boolean low, boolean high) {
            if (!low && !high) {
                return freeFraction(at, room);
            }
            boolean aboveLeast = !low || (at >= leastFraction.length() && !least.exclusive());
            boolean belowMost = !high || at < mostFraction.length() || (most != null && !most.exclusive());
            Expression more = room == 0 ? null : nextFraction(at, room, low && !aboveLeast, high);
            Expression point = at > 0 || more == null ? more : sequence(oneOf("."), more);
            if (!aboveLeast || !belowMost) {
                return point;
            }
            return point == null ? empty() : Expression.choice(empty(), point);
        }

        private @Nullable Expression nextFraction(int at, int room, boolean low, boolean high) {
            int first = low && at < leastFraction.length() ? leastFraction.charAt(at) - '0' : 0;
            int last = high ? (at < mostFraction.length() ? mostFraction.charAt(at) - '0' : 0) : 9;
            if (last < first) {
                return null;
            }
            return digits(
                    first,
                    last,
                    low,
                    high,
                    (stillLow, stillHigh) -> fractionDigits(at + 1, room - 1, stillLow, stillHigh));
        }

        private Expression freeFraction(int at, int room) {
            Expression digits = Expression.repeated(JsonText.digit(), at == 0 ? 1 : 0, room);
            return room == 0 ? empty() : at == 0 ? Expression.optional(sequence(oneOf("."), digits)) : digits;
        }
    }
}
