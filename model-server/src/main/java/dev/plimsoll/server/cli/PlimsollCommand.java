package dev.plimsoll.server.cli;

import dev.plimsoll.server.PlimsollException;
import io.fabric8.kubernetes.api.model.Quantity;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** {@code plimsoll}: what runs in the image and from a checkout. */
@QuarkusMain
@Command(
        name = "plimsoll",
        mixinStandardHelpOptions = true,
        version = "plimsoll 0.1.0",
        description = "Runs a model where you say, within the memory you say, and tells where it really is.",
        subcommands = {ServeCommand.class, PlanCommand.class, InspectCommand.class},
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 does not fit, 4 bad checkpoint,",
            "5 reading failed, 6 engine or device failed."
        })
public final class PlimsollCommand implements Runnable {
    @CommandLine.Spec
    CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    public static void main(String... arguments) {
        int code = commandLine().execute(arguments);
        System.exit(code);
    }

    static CommandLine commandLine() {
        return new CommandLine(new PlimsollCommand())
                .registerConverter(Quantity.class, Quantity::new)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(PlimsollCommand::explain);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do: serve, plan or inspect");
    }

    private static int explain(Exception thrown, CommandLine line, ParseResult parsed) throws Exception {
        if (!(thrown instanceof PlimsollException known)) {
            throw thrown;
        }
        line.getErr().println(known.failure().message());
        if (line.getCommand() instanceof ServeCommand) {
            TerminationMessage.write(known.failure());
        }
        return ExitCode.of(known.failure().reason()).code();
    }
}
