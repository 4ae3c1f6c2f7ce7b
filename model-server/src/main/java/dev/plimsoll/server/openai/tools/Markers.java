package dev.plimsoll.server.openai.tools;

/** Finds what may become a marker when more text comes. */
final class Markers {
    private Markers() {}

    /** Characters at the end of a text that a marker begins with. */
    static int partAtEnd(StringBuilder text, String marker) {
        for (int length = Math.min(marker.length() - 1, text.length()); length > 0; length--) {
            if (marker.startsWith(text.substring(text.length() - length))) {
                return length;
            }
        }
        return 0;
    }
}
