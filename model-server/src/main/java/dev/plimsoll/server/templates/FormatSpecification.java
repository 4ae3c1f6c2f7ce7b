package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Real;
import dev.plimsoll.server.templates.Value.Str;
import java.math.BigInteger;
import java.util.Locale;

/**
 * What stands behind the colon of a replacement field: {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}.
 *
 * @param align one of {@code < > = ^}, or a blank
 * @param width 0 without
 * @param grouping {@code ,} or {@code _}, or a blank
 * @param precision -1 without
 * @param type a blank without
 */
record FormatSpecification(
        String fill, char align, char sign, boolean alternate, int width, char grouping, int precision, char type) {
    private static final int MAX_SIZE = 1 << 27;

    static FormatSpecification parse(String text) {
        int at = 0;
        String fill = " ";
        char align = ' ';
        int first = text.isEmpty() ? 0 : Character.charCount(text.codePointAt(0));
        if (first < text.length() && first > 0 && "<>=^".indexOf(text.charAt(first)) >= 0) {
            fill = text.substring(0, first);
            align = text.charAt(first);
            at = first + 1;
        } else if (!text.isEmpty() && "<>=^".indexOf(text.charAt(0)) >= 0) {
            align = text.charAt(0);
            at = 1;
        }
        char sign = ' ';
        boolean signed = at < text.length() && "+- ".indexOf(text.charAt(at)) >= 0;
        if (signed) {
            sign = text.charAt(at) == ' ' ? '_' : text.charAt(at);
            at++;
        }
        boolean alternate = text.startsWith("#", at);
        at += alternate ? 1 : 0;
        if (text.startsWith("0", at)) {
            fill = align == ' ' ? "0" : fill;
            align = align == ' ' ? '=' : align;
            at++;
        }
        int widthEnd = digits(text, at);
        int width = size(text.substring(at, widthEnd), 0);
        at = widthEnd;
        char grouping = at < text.length() && ",_".indexOf(text.charAt(at)) >= 0 ? text.charAt(at++) : ' ';
        int precision = -1;
        if (text.startsWith(".", at)) {
            int end = digits(text, at + 1);
            if (end == at + 1) {
                throw TemplateException.value("Format specifier missing precision");
            }
            precision = size(text.substring(at + 1, end), 0);
            at = end;
        }
        char type = at < text.length() ? text.charAt(at++) : ' ';
        if (at < text.length()) {
            throw TemplateException.value("Invalid format specifier " + Text.quoted(text));
        }
        return new FormatSpecification(fill, align, sign, alternate, width, grouping, precision, type);
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static int size(String digits, int otherwise) {
        if (digits.isEmpty()) {
            return otherwise;
        }
        return digits.length() > 9 ? MAX_SIZE : Math.min(Integer.parseInt(digits), MAX_SIZE);
    }

    private boolean isEmpty() {
        return align == ' '
                && sign == ' '
                && !alternate
                && width == 0
                && grouping == ' '
                && precision < 0
                && type == ' ';
    }

    String apply(Value value, Budget budget) {
        if (isEmpty()) {
            return Text.str(value, budget);
        }
        boolean bool = value instanceof Value.Bool && type == ' ';
        if (value instanceof Str || bool) {
            return text(Text.str(value, budget), budget);
        }
        if (!Numbers.isNumber(value)) {
            throw TemplateException.type("unsupported format string passed to " + Types.name(value) + ".__format__");
        }
        BigInteger integer = Numbers.integer(value);
        boolean real = value instanceof Real || "eEfFgG%".indexOf(type) >= 0;
        return real ? real(Numbers.real(value), budget) : integer(java.util.Objects.requireNonNull(integer), budget);
    }

    private String text(String text, Budget budget) {
        if (type != 's' && type != ' ') {
            throw TemplateException.value("Unknown format code '" + type + "' for object of type 'str'");
        }
        String shown =
                precision >= 0 && precision < Characters.length(text) ? Characters.part(text, 0, precision) : text;
        return aligned("", shown, '<', budget);
    }

    private String integer(BigInteger number, Budget budget) {
        String digits =
                switch (type) {
                    case 'd', 'n', ' ' -> number.abs().toString();
                    case 'b' -> number.abs().toString(2);
                    case 'o' -> number.abs().toString(8);
                    case 'x' -> number.abs().toString(16);
                    case 'X' -> number.abs().toString(16).toUpperCase(Locale.ROOT);
                    case 'c' -> Character.toString(Numbers.clamp(number) & 0x1fffff);
                    default ->
                        throw TemplateException.value("Unknown format code '" + type + "' for object of type 'int'");
                };
        String prefix = alternate && "boxX".indexOf(type) >= 0 ? "0" + type : "";
        return aligned(signOf(number.signum() < 0) + prefix, grouped(digits), '>', budget);
    }

    private String real(double number, Budget budget) {
        double shown = type == '%' ? number * 100 : number;
        String digits =
                switch (type) {
                    case ' ' -> general(shown);
                    case '%' -> NumberFormat.real(shown, 'f', precision < 0 ? 6 : precision, alternate) + "%";
                    case 'n' -> NumberFormat.real(shown, 'g', precision < 0 ? 6 : precision, alternate);
                    case 'e', 'E', 'f', 'F', 'g', 'G' ->
                        NumberFormat.real(shown, type, precision < 0 ? 6 : precision, alternate);
                    default ->
                        throw TemplateException.value("Unknown format code '" + type + "' for object of type 'float'");
                };
        boolean negative = digits.startsWith("-");
        return aligned(signOf(negative), grouped(negative ? digits.substring(1) : digits), '>', budget);
    }

    private String general(double number) {
        if (precision < 0) {
            return Numbers.text(number);
        }
        String digits = NumberFormat.real(number, 'g', precision, alternate);
        return digits.indexOf('.') < 0 && digits.indexOf('e') < 0 ? digits + ".0" : digits;
    }

    private String signOf(boolean negative) {
        return negative ? "-" : sign == '+' ? "+" : sign == '_' ? " " : "";
    }

    private String grouped(String digits) {
        if (grouping == ' ') {
            return digits;
        }
        int whole = 0;
        while (whole < digits.length() && Character.digit(digits.charAt(whole), 16) >= 0) {
            whole++;
        }
        int size = "boxX".indexOf(type) >= 0 ? 4 : 3;
        StringBuilder out = new StringBuilder(digits);
        for (int i = whole - size; i > 0; i -= size) {
            out.insert(i, grouping);
        }
        return out.toString();
    }

    private String aligned(String prefix, String body, char otherwise, Budget budget) {
        char where = align == ' ' ? otherwise : align;
        int missing = width - Characters.length(prefix) - Characters.length(body);
        if (missing <= 0) {
            return prefix + body;
        }
        budget.text(width);
        int left =
                switch (where) {
                    case '>' -> missing;
                    case '^' -> missing / 2;
                    default -> 0;
                };
        return where == '='
                ? prefix + fill.repeat(missing) + body
                : fill.repeat(left) + prefix + body + fill.repeat(missing - left);
    }
}
