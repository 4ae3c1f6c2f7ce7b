package dev.plimsoll.server.templates;

/** Escapes in a template's strings, as Python's codec {@code unicode-escape} reads them. */
final class StringLiteral {
    private StringLiteral() {}

    static String unescape(String text, int line) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (i == text.length()) {
                throw new TemplateSyntaxException("\\ at end of string", line);
            }
            char escaped = text.charAt(i);
            switch (escaped) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escaped);
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'v' -> out.append('\u000b');
                case 'x' -> i = hex(text, i, 2, out, line);
                case 'u' -> i = hex(text, i, 4, out, line);
                case 'U' -> i = hex(text, i, 8, out, line);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(text, i, out);
                case 'N' -> i = named(text, i, out, line);
                default -> out.append('\\').append(escaped);
            }
            i++;
        }
        return out.toString();
    }

    private static int hex(String text, int at, int digits, StringBuilder out, int line) {
        int end = at + 1 + digits;
        int point = 0;
        for (int i = at + 1; i < end; i++) {
            int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0 || point > Character.MAX_CODE_POINT) {
                throw new TemplateSyntaxException("truncated \\" + text.charAt(at) + " escape", line);
            }
            point = point * 16 + digit;
        }
        if (!Character.isValidCodePoint(point)) {
            throw new TemplateSyntaxException("illegal Unicode character", line);
        }
        out.appendCodePoint(point);
        return end - 1;
    }

    private static int octal(String text, int at, StringBuilder out) {
        int point = 0;
        int i = at;
        while (i < text.length() && i < at + 3 && text.charAt(i) >= '0' && text.charAt(i) <= '7') {
            point = point * 8 + text.charAt(i) - '0';
            i++;
        }
        out.appendCodePoint(point);
        return i - 1;
    }

    private static int named(String text, int at, StringBuilder out, int line) {
        int end = text.indexOf('}', at);
        if (at + 1 >= text.length() || text.charAt(at + 1) != '{' || end < 0) {
            throw new TemplateSyntaxException("malformed \\N character escape", line);
        }
        try {
            out.appendCodePoint(Character.codePointOf(text.substring(at + 2, end)));
            return end;
        } catch (IllegalArgumentException e) {
            throw new TemplateSyntaxException("unknown Unicode character name", line);
        }
    }
}
