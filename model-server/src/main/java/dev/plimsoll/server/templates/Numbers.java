package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Bool;
import dev.plimsoll.server.templates.Value.Int;
import dev.plimsoll.server.templates.Value.Real;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Integers of any size up to a bound, and floats, as Python counts with them. */
final class Numbers {
    /** Python turns no longer integers into text, or text into them. */
    private static final int MAX_DIGITS = 4300;

    private static final int MAX_BITS = 14_284;

    private Numbers() {}

    /** The integer that a value is, booleans included; null when it is none. */
    static @Nullable BigInteger integer(Value value) {
        return switch (value) {
            case Bool bool -> bool.is() ? BigInteger.ONE : BigInteger.ZERO;
            case Int integer -> integer.number();
            default -> null;
        };
    }

    static boolean isNumber(Value value) {
        return value instanceof Bool || value instanceof Int || value instanceof Real;
    }

    static double real(Value number) {
        return number instanceof Real real
                ? real.number()
                : java.util.Objects.requireNonNull(integer(number)).doubleValue();
    }

    /** A value that must be an integer, clamped to what an index can be. */
    static int index(Value value) {
        BigInteger integer = integer(value);
        if (integer == null) {
            if (value instanceof Undefined undefined) {
                throw undefined.failure();
            }
            throw TemplateException.type(
                    Text.quoted(Types.name(value)) + " object cannot be interpreted as an integer");
        }
        return clamp(integer);
    }

    static int clamp(BigInteger integer) {
        return integer.bitLength() < 31 ? integer.intValue() : integer.signum() * Integer.MAX_VALUE;
    }

    static Int of(BigInteger number) {
        if (number.bitLength() > MAX_BITS) {
            throw new TemplateLimitException("an integer of more than " + MAX_DIGITS + " digits");
        }
        return new Int(number);
    }

    static BigInteger power(BigInteger base, BigInteger exponent) {
        long bits = (long) Math.max(1, base.abs().bitLength()) * clamp(exponent);
        if (bits > 2L * MAX_BITS && base.abs().compareTo(BigInteger.ONE) > 0) {
            throw new TemplateLimitException("an integer of more than " + MAX_DIGITS + " digits");
        }
        if (base.abs().compareTo(BigInteger.ONE) <= 0) {
            return base.signum() < 0 && !exponent.testBit(0)
                    ? BigInteger.ONE
                    : exponent.signum() == 0 ? BigInteger.ONE : base;
        }
        return base.pow(exponent.intValueExact());
    }

    static String text(BigInteger number) {
        return number.toString();
    }

    /** {@code repr} of a float: the shortest digits that read back as it, with an exponent from 1e16 and below 1e-4. */
    static String text(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = decimal.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String sign = exponent < 0 ? "-" : "+";
        int size = Math.abs(exponent);
        return (number < 0 ? "-" : "") + mantissa + "e" + sign + (size < 10 ? "0" : "") + size;
    }

    /** {@code int(text, base)}; null when it is none. */
    static @Nullable BigInteger parse(String text, int base) {
        String digits = Characters.stripRight(Characters.stripLeft(text));
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        String prefix = digits.length() < 2 ? "" : digits.substring(0, 2).toLowerCase(java.util.Locale.ROOT);
        int of = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : prefix.equals("0b") ? 2 : 0;
        int radix = base == 0 ? of == 0 ? 10 : of : base;
        if (of != 0 && of == radix) {
            digits = digits.substring(2);
        }
        boolean misplaced = digits.isEmpty()
                || (digits.charAt(0) == '_' && of != radix)
                || digits.endsWith("_")
                || digits.contains("__")
                || digits.length() > MAX_DIGITS
                || radix < 2
                || radix > 36;
        if (misplaced) {
            return null;
        }
        digits = digits.replace("_", "");
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), radix) < 0) {
                return null;
            }
        }
        BigInteger number = new BigInteger(digits, radix);
        return negative ? number.negate() : number;
    }

    /** {@code float(text)}; null when it is none. */
    static @Nullable Double parseReal(String text) {
        String given = Characters.stripRight(Characters.stripLeft(text)).toLowerCase(java.util.Locale.ROOT);
        String unsigned = given.startsWith("-") || given.startsWith("+") ? given.substring(1) : given;
        double sign = given.startsWith("-") ? -1 : 1;
        switch (unsigned) {
            case "inf", "infinity" -> {
                return sign * Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> {
                boolean digits = !unsigned.isEmpty()
                        && unsigned.length() <= MAX_DIGITS
                        && unsigned.chars().allMatch(c -> (c >= '0' && c <= '9') || "._e+-".indexOf(c) >= 0)
                        && !unsigned.startsWith("_")
                        && !unsigned.endsWith("_")
                        && !unsigned.contains("__");
                if (!digits) {
                    return null;
                }
                try {
                    return sign * Double.parseDouble(unsigned.replace("_", ""));
                } catch (NumberFormatException e) {
                    return null;
                }
            }
        }
    }
}
