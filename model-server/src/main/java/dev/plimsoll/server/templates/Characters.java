package dev.plimsoll.server.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Python's view of characters: code points, and what is white space, a letter or printable. */
final class Characters {
    private Characters() {}

    static boolean isSpace(int point) {
        return switch (point) {
            case ' ', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default ->
                (point >= 9 && point <= 13) || (point >= 0x1c && point <= 0x1f) || (point >= 0x2000 && point <= 0x200a);
        };
    }

    /** Where {@code splitlines} splits; a carriage return and a line feed are one. */
    static boolean isLineBreak(int point) {
        return switch (point) {
            case '\n', '\r', 0x0b, 0x0c, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029 -> true;
            default -> false;
        };
    }

    static boolean isPrintable(int point) {
        if (point == ' ') {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    static boolean isCased(int point) {
        return Character.isUpperCase(point) || Character.isLowerCase(point) || Character.isTitleCase(point);
    }

    /** Characters that {@code isdigit} takes: decimal digits and superscripts alike. */
    static boolean isDigit(int point) {
        return Character.isDigit(point)
                || point == 0xb2
                || point == 0xb3
                || point == 0xb9
                || (point >= 0x2070 && point <= 0x2079 && point != 0x2071 && point != 0x2072 && point != 0x2073)
                || (point >= 0x2080 && point <= 0x2089)
                || (point >= 0x2460 && point <= 0x2468);
    }

    /** Length in code points. */
    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static boolean hasPairs(String text) {
        return length(text) != text.length();
    }

    /** Index in UTF-16 of a code point's. */
    static int offset(String text, int points) {
        return hasPairs(text) ? text.offsetByCodePoints(0, points) : points;
    }

    /** A part, by code points. */
    static String part(String text, int from, int to) {
        if (!hasPairs(text)) {
            return text.substring(from, to);
        }
        int begin = text.offsetByCodePoints(0, from);
        return text.substring(begin, text.offsetByCodePoints(begin, to - from));
    }

    static List<Value> each(String text, Budget budget) {
        budget.items(text.length());
        List<Value> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(point -> characters.add(Value.str(Character.toString(point))));
        return characters;
    }

    /** A character in title case, which may be several. */
    static String title(int point) {
        String upper = Character.toString(point).toUpperCase(Locale.ROOT);
        int first = upper.codePointAt(0);
        int rest = Character.charCount(first);
        return rest == upper.length()
                ? Character.toString(Character.toTitleCase(point))
                : Character.toString(first) + upper.substring(rest).toLowerCase(Locale.ROOT);
    }

    /** The first character in title case, the others in lower case. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return title(first) + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    static String stripLeft(String text) {
        int begin = 0;
        while (begin < text.length() && isSpace(text.charAt(begin))) {
            begin++;
        }
        return text.substring(begin);
    }

    static String stripRight(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static boolean isIdentifier(String text) {
        if (text.isEmpty() || !(Character.isUnicodeIdentifierStart(text.codePointAt(0)) || text.charAt(0) == '_')) {
            return false;
        }
        return text.codePoints()
                .allMatch(point -> Character.isUnicodeIdentifierPart(point) && !Character.isIdentifierIgnorable(point));
    }
}
