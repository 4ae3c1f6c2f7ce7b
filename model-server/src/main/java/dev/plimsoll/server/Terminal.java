package dev.plimsoll.server;

import java.io.Console;

/** Whether a person watches. */
public final class Terminal {
    private Terminal() {}

    @SuppressWarnings("SystemConsoleNull")
    public static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
