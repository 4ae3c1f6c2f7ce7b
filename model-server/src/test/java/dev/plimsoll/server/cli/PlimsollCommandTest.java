package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

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
        assertThat(Invocation.of("--help").out()).contains("serve", "plan", "inspect", "render", "Exit codes:");
        assertThat(Invocation.of("--version").out()).startsWith("plimsoll ");
    }

    @Test
    void unknownCommandsAreRefused() {
        Invocation unknown = Invocation.of("fly");

        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("fly");
    }

    @Test
    void aFullHeapIsExplainedAsAnyFailure() {
        CommandLine line = PlimsollCommand.commandLine();
        line.addSubcommand("fill", new Filling());
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute("fill")).isEqualTo(ExitCode.ENGINE_FAILED.code());
        assertThat(err.toString())
                .startsWith("planning failed: Java heap space: ")
                .doesNotContain("\tat ");
    }

    @Command
    private static final class Filling implements Runnable {
        @Override
        public void run() {
            throw new OutOfMemoryError("Java heap space");
        }
    }
}
