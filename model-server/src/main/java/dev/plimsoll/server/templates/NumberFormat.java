package dev.plimsoll.server.templates;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Digits of a float with a precision, as C's {@code printf} makes them of its exact value. */
final class NumberFormat {
    private static final int MAX_PRECISION = 1000;

    private NumberFormat() {}

    /**
     * Digits.
     *
     * @param type one of {@code e E f F g G}
     * @param alternate whether a decimal point and its zeros stay
     */
    static String real(double number, char type, int precision, boolean alternate) {
        if (precision > MAX_PRECISION) {
            throw new TemplateLimitException("a precision of more than " + MAX_PRECISION + " digits");
        }
        boolean upper = Character.isUpperCase(type);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            String text = Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
            return upper ? text.toUpperCase(Locale.ROOT) : text;
        }
        String sign = number < 0 || 1 / number < 0 ? "-" : "";
        BigDecimal value = new BigDecimal(Math.abs(number));
        String digits =
                switch (Character.toLowerCase(type)) {
                    case 'f' -> fixed(value, precision, alternate);
                    case 'e' -> scientific(value, precision, alternate);
                    default -> general(value, Math.max(1, precision), alternate);
                };
        return sign + (upper ? digits.toUpperCase(Locale.ROOT) : digits);
    }

    private static String fixed(BigDecimal value, int precision, boolean alternate) {
        String digits = value.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return alternate && precision == 0 ? digits + "." : digits;
    }

    private static String scientific(BigDecimal value, int precision, boolean alternate) {
        BigDecimal rounded = value.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = value.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        String digits = rounded.unscaledValue().toString();
        digits = digits + "0".repeat(Math.max(0, precision + 1 - digits.length()));
        digits = digits.substring(0, precision + 1);
        String point = precision > 0 || alternate ? "." : "";
        int size = Math.abs(exponent);
        return digits.charAt(0) + point + digits.substring(1) + "e" + (exponent < 0 ? "-" : "+")
                + (size < 10 ? "0" : "") + size;
    }

    private static String general(BigDecimal value, int precision, boolean alternate) {
        BigDecimal rounded = value.round(new MathContext(precision, RoundingMode.HALF_EVEN));
        int exponent = value.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        boolean plain = exponent >= -4 && exponent < precision;
        String digits =
                plain ? fixed(value, precision - 1 - exponent, alternate) : scientific(value, precision - 1, alternate);
        return alternate ? digits : withoutZeros(digits);
    }

    private static String withoutZeros(String digits) {
        int exponent = digits.indexOf('e');
        String mantissa = exponent < 0 ? digits : digits.substring(0, exponent);
        if (mantissa.indexOf('.') >= 0) {
            int end = mantissa.length();
            while (mantissa.charAt(end - 1) == '0') {
                end--;
            }
            mantissa = mantissa.substring(0, mantissa.charAt(end - 1) == '.' ? end - 1 : end);
        }
        return exponent < 0 ? mantissa : mantissa + digits.substring(exponent);
    }
}
