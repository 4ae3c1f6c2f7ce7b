package dev.plimsoll.server.templates;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Objects;

/**
 * A number in a template.
 *
 * @param end behind its last character
 */
record NumberLiteral(Value value, int end) {
    static NumberLiteral at(String source, int begin, boolean afterDot) {
        String prefix =
                source.substring(begin, Math.min(begin + 2, source.length())).toLowerCase(Locale.ROOT);
        int radix = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : prefix.equals("0b") ? 2 : 10;
        if (radix != 10) {
            int end = digits(source, begin + 2, radix);
            if (end > begin + 2) {
                return integer(source.substring(begin + 2, end), radix, end);
            }
        }
        int whole = digits(source, begin, 10);
        int end = afterDot ? whole : fraction(source, whole);
        if (end > whole) {
            String text = source.substring(begin, end).replace("_", "");
            return new NumberLiteral(new Value.Real(Double.parseDouble(text)), end);
        }
        if (source.charAt(begin) == '0') {
            int zeros = begin;
            while (zeros < whole && "0_".indexOf(source.charAt(zeros)) >= 0) {
                zeros++;
            }
            return new NumberLiteral(Value.Int.of(0), zeros);
        }
        return integer(source.substring(begin, whole), 10, whole);
    }

    private static NumberLiteral integer(String digits, int radix, int end) {
        BigInteger number = Objects.requireNonNull(Numbers.parse(digits.replace("_", ""), radix));
        return new NumberLiteral(new Value.Int(number), end);
    }

    private static int digits(String source, int from, int radix) {
        int at = from;
        while (at < source.length()) {
            boolean underscore = source.charAt(at) == '_' && at + 1 < source.length();
            int digit = underscore ? at + 1 : at;
            if (source.charAt(digit) > 'f' || Character.digit(source.charAt(digit), radix) < 0) {
                break;
            }
            at = digit + 1;
        }
        return at;
    }

    private static int fraction(String source, int from) {
        int at = from;
        if (at + 1 < source.length() && source.charAt(at) == '.' && Character.isDigit(source.charAt(at + 1))) {
            at = digits(source, at + 1, 10);
        }
        if (at < source.length() && (source.charAt(at) == 'e' || source.charAt(at) == 'E')) {
            int sign = at + 1 < source.length() && "+-".indexOf(source.charAt(at + 1)) >= 0 ? at + 2 : at + 1;
            int end = digits(source, sign, 10);
            if (end > sign) {
                return end;
            }
        }
        return at;
    }
}
