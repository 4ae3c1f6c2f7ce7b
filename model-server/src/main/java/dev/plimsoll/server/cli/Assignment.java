package dev.plimsoll.server.cli;

/** {@code NAME=VALUE} on the command line; the name may be empty. */
record Assignment(String name, String value) {
    /** @throws IllegalArgumentException when there is no {@code =} or nothing behind it */
    static Assignment parse(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 0 || equals == text.length() - 1) {
            throw new IllegalArgumentException(option + " " + text + ": write NAME=VALUE");
        }
        return new Assignment(
                text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }
}
