package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;
import dev.plimsoll.server.templates.Value.TupleValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** {@code format % values}. */
final class PercentFormat {
    private static final int MAX_SIZE = 1 << 27;

    private final Str format;
    private final Value values;
    private final Budget budget;
    private final List<Value> positional;
    private final Output out;
    private int at;
    private int used;
    private boolean named;

    PercentFormat(Str format, Value values, Budget budget) {
        this.format = format;
        this.values = values;
        this.budget = budget;
        this.positional = values instanceof TupleValue tuple ? tuple.items() : List.of(values);
        this.out = new Output(budget);
    }

    Str apply() {
        String text = format.text();
        while (at < text.length()) {
            int percent = text.indexOf('%', at);
            if (percent < 0) {
                out.append(text.substring(at));
                break;
            }
            out.append(text.substring(at, percent));
            at = percent + 1;
            conversion(text);
        }
        boolean hasItems = values instanceof Dict || values instanceof Value.ListValue || values instanceof Undefined;
        if (used != positional.size() && !named && !hasItems) {
            throw TemplateException.type("not all arguments converted during string formatting");
        }
        return new Str(out.toString(), format.markup());
    }

    private char current(String text) {
        if (at >= text.length()) {
            throw TemplateException.value("incomplete format");
        }
        return text.charAt(at);
    }

    private void conversion(String text) {
        Value value = null;
        if (current(text) == '(') {
            int end = text.indexOf(')', at);
            if (end < 0) {
                throw TemplateException.value("incomplete format key");
            }
            if (!(values instanceof Dict dict)) {
                throw TemplateException.type("format requires a mapping");
            }
            String key = text.substring(at + 1, end);
            value = dict.get(key);
            if (value == null) {
                throw new TemplateException("KeyError: " + Text.quoted(key));
            }
            named = true;
            at = end + 1;
        }
        StringBuilder flags = new StringBuilder();
        while ("-+ #0".indexOf(current(text)) >= 0) {
            flags.append(text.charAt(at++));
        }
        int width = size(text, 0);
        int precision = -1;
        if (current(text) == '.') {
            at++;
            precision = size(text, 0);
        }
        while ("hlL".indexOf(current(text)) >= 0) {
            at++;
        }
        char type = text.charAt(at++);
        if (type == '%') {
            out.append('%');
            return;
        }
        Value given = value != null ? value : next();
        String digits = converted(type, given, precision, flags.indexOf("#") >= 0, flags.toString());
        pad(digits, width, flags.toString(), type);
    }

    private int size(String text, int otherwise) {
        if (current(text) == '*') {
            at++;
            return Numbers.index(next());
        }
        int size = 0;
        boolean any = false;
        while (current(text) >= '0' && current(text) <= '9') {
            size = Math.min(size * 10 + text.charAt(at) - '0', MAX_SIZE);
            any = true;
            at++;
        }
        return any ? size : otherwise;
    }

    private Value next() {
        if (used >= positional.size()) {
            throw TemplateException.type("not enough arguments for format string");
        }
        return positional.get(used++);
    }

    private String converted(char type, Value value, int precision, boolean alternate, String flags) {
        return switch (type) {
            case 's', 'r', 'a' -> {
                String text = type == 's' ? Text.str(value, budget) : Text.repr(value, budget);
                if (format.markup() && type == 's') {
                    text = Markup.of(value, budget).text();
                }
                String shown = type == 'a' ? Text.ascii(text) : text;
                boolean cut = precision >= 0 && precision < Characters.length(shown);
                yield cut ? Characters.part(shown, 0, precision) : shown;
            }
            case 'd', 'i', 'u' -> signed(whole(value, type), 10, precision, flags, "");
            case 'o' -> signed(integer(value, type), 8, precision, flags, alternate ? "0o" : "");
            case 'x' -> signed(integer(value, type), 16, precision, flags, alternate ? "0x" : "");
            case 'X' ->
                signed(integer(value, type), 16, precision, flags, alternate ? "0x" : "")
                        .toUpperCase(Locale.ROOT);
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                String digits = NumberFormat.real(real(value), type, precision < 0 ? 6 : precision, alternate);
                yield sign(digits, flags);
            }
            case 'c' -> character(value);
            default -> throw TemplateException.value("unsupported format character '" + type + "'");
        };
    }

    private static String sign(String digits, String flags) {
        if (digits.startsWith("-")) {
            return digits;
        }
        return flags.contains("+") ? "+" + digits : flags.contains(" ") ? " " + digits : digits;
    }

    private static String signed(BigInteger number, int radix, int precision, String flags, String prefix) {
        String digits = number.abs().toString(radix);
        String zeros = "0".repeat(Math.max(0, Math.min(precision, 5000) - digits.length()));
        return sign((number.signum() < 0 ? "-" : "") + prefix + zeros + digits, flags);
    }

    private static BigInteger whole(Value value, char type) {
        return value instanceof Value.Real real
                ? new BigDecimal(finite(real.number())).toBigInteger()
                : integer(value, type);
    }

    private static double finite(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw TemplateException.value("cannot convert float to integer");
        }
        return number;
    }

    private static BigInteger integer(Value value, char type) {
        BigInteger number = Numbers.integer(value);
        if (number == null) {
            throw TemplateException.type("%" + type + " format: a real number is required, not " + Types.name(value));
        }
        return number;
    }

    private static double real(Value value) {
        if (!Numbers.isNumber(value)) {
            throw TemplateException.type("must be real number, not " + Types.name(value));
        }
        return Numbers.real(value);
    }

    private static String character(Value value) {
        BigInteger number = Numbers.integer(value);
        if (number != null && Character.isValidCodePoint(Numbers.clamp(number))) {
            return Character.toString(Numbers.clamp(number));
        }
        if (value instanceof Str str && Characters.length(str.text()) == 1) {
            return str.text();
        }
        throw TemplateException.type("%c requires int or char");
    }

    private void pad(String digits, int width, String flags, char type) {
        int missing = width - Characters.length(digits);
        if (missing <= 0) {
            out.append(digits);
        } else if (flags.contains("-")) {
            out.append(digits).repeat(" ", missing);
        } else if (flags.contains("0") && "sra c".indexOf(type) < 0) {
            int sign = "+- ".indexOf(digits.charAt(0)) >= 0 ? 1 : 0;
            int prefix = digits.startsWith("0x", sign) || digits.startsWith("0o", sign) || digits.startsWith("0X", sign)
                    ? sign + 2
                    : sign;
            out.append(digits.substring(0, prefix)).repeat("0", missing).append(digits.substring(prefix));
        } else {
            out.repeat(" ", missing).append(digits);
        }
    }
}
