package dev.plimsoll.server.templates;

/** Text in a field of some width. */
final class Padding {
    private Padding() {}

    /**
     * Pads.
     *
     * @param where the method of {@code str} that does it: {@code center}, {@code ljust} or {@code rjust}
     */
    static String of(String text, int width, String fill, String where, Budget budget) {
        int missing = width - Characters.length(text);
        if (missing <= 0) {
            return text;
        }
        budget.text(width);
        int left =
                switch (where) {
                    case "center" -> missing / 2 + (missing & width & 1);
                    case "rjust" -> missing;
                    default -> 0;
                };
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }
}
