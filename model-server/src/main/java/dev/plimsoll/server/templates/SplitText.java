package dev.plimsoll.server.templates;

import java.util.ArrayList;
import java.util.List;

/** {@code split}, {@code rsplit} and {@code splitlines}. */
final class SplitText {
    private SplitText() {}

    /** At each separator; at most {@code most} times unless that is negative. */
    static List<String> at(String text, String separator, int most, boolean fromRight) {
        List<String> parts = new ArrayList<>();
        int left = most < 0 ? Integer.MAX_VALUE : most;
        if (fromRight) {
            int end = text.length();
            int at = text.lastIndexOf(separator, end - separator.length());
            while (at >= 0 && left-- > 0) {
                parts.add(text.substring(at + separator.length(), end));
                end = at;
                at = end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
            }
            parts.add(text.substring(0, end));
            return parts.reversed();
        }
        int begin = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && left-- > 0) {
            parts.add(text.substring(begin, at));
            begin = at + separator.length();
            at = text.indexOf(separator, begin);
        }
        parts.add(text.substring(begin));
        return parts;
    }

    /** At runs of white space, none of which begins or ends the text. */
    static List<String> atSpace(String text, int most, boolean fromRight) {
        return fromRight ? atSpaceFromRight(text, most) : atSpaceFromLeft(text, most);
    }

    private static List<String> atSpaceFromLeft(String text, int most) {
        List<String> parts = new ArrayList<>();
        int left = most < 0 ? Integer.MAX_VALUE : most;
        int at = 0;
        while (true) {
            while (at < text.length() && Characters.isSpace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return parts;
            }
            if (left-- == 0) {
                parts.add(text.substring(at));
                return parts;
            }
            int begin = at;
            while (at < text.length() && !Characters.isSpace(text.charAt(at))) {
                at++;
            }
            parts.add(text.substring(begin, at));
        }
    }

    private static List<String> atSpaceFromRight(String text, int most) {
        List<String> parts = new ArrayList<>();
        int left = most < 0 ? Integer.MAX_VALUE : most;
        int at = text.length();
        while (true) {
            while (at > 0 && Characters.isSpace(text.charAt(at - 1))) {
                at--;
            }
            if (at == 0) {
                break;
            }
            if (left-- == 0) {
                parts.add(text.substring(0, at));
                break;
            }
            int end = at;
            while (at > 0 && !Characters.isSpace(text.charAt(at - 1))) {
                at--;
            }
            parts.add(text.substring(at, end));
        }
        return parts.reversed();
    }

    static List<String> lines(String text, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at < text.length(); at++) {
            if (!Characters.isLineBreak(text.charAt(at))) {
                continue;
            }
            int end = at;
            if (text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
                at++;
            }
            lines.add(text.substring(begin, keepEnds ? at + 1 : end));
            begin = at + 1;
        }
        if (begin < text.length()) {
            lines.add(text.substring(begin));
        }
        return lines;
    }
}
