package dev.plimsoll.server;

import java.util.HexFormat;

/** Names from strangers in messages: short, on one line, and text. */
public final class Printable {
    private static final int MAX_CHARS = 200;

    private Printable() {}

    public static String of(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints().limit(MAX_CHARS).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                text.append("\\u").append(HexFormat.of().toHexDigits((char) c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return name.codePointCount(0, name.length()) > MAX_CHARS ? text + "..." : text.toString();
    }
}
