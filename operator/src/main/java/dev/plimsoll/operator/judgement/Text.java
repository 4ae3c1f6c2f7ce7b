package dev.plimsoll.operator.judgement;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What others have written, made fit for a status, an Event or a log line. */
public final class Text {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]+");
    private static final String CUT = " ...";

    private Text() {}

    /** On one line, and at most {@code bytes} long in UTF-8; what is cut off is marked. */
    public static String line(String text, int bytes) {
        return cut(CONTROL.matcher(text).replaceAll(" ").strip(), bytes);
    }

    /** At most {@code bytes} long in UTF-8, cut between characters; what is cut off is marked. */
    public static String cut(String text, int bytes) {
        if (text.length() * 3L <= bytes || text.getBytes(StandardCharsets.UTF_8).length <= bytes) {
            return text;
        }
        int room = bytes - CUT.length();
        int used = 0;
        int end = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            used += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
            if (used > room) {
                break;
            }
            end += Character.charCount(character);
        }
        return text.substring(0, end) + CUT;
    }
}
