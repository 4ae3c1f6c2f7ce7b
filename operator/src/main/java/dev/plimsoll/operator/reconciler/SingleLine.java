package dev.plimsoll.operator.reconciler;

/** Words of others, as they may stand in a log: on one line, without control characters. */
final class SingleLine {
    private SingleLine() {}

    static String of(String words) {
        return words.replaceAll("\\R", " | ").replaceAll("\\p{Cntrl}", "?");
    }
}
