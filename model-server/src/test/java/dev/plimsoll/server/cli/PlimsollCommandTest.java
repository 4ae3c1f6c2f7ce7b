package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is done when which words are said. */
class PlimsollCommandTest {
    @Test
    void serveIsDoneWhenNoCommandIsSaid() {
        assertThat(PlimsollCommand.withCommand()).containsExactly("serve");
        assertThat(PlimsollCommand.withCommand("--model", "x")).containsExactly("serve", "--model", "x");
        assertThat(PlimsollCommand.withCommand("plan", "--model", "x")).containsExactly("plan", "--model", "x");

        Invocation nothing = Invocation.of("--port", "1");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("--model DIR is needed").contains("See: plimsoll serve --help");
    }

    @Test
    void helpAndVersionAreItsOwn() {
        assertThat(Invocation.of("--help").out()).contains("serve", "plan", "inspect", "Exit codes:");
        assertThat(Invocation.of("--version").out()).startsWith("plimsoll ");
    }

    @Test
    void unknownCommandsAreRefused() {
        Invocation unknown = Invocation.of("fly");

        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("fly");
    }
}
