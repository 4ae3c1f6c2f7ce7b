package dev.plimsoll.server.cli;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.lifecycle.StartUp;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
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
        subcommands = {ServeCommand.class, PlanCommand.class, InspectCommand.class, RenderCommand.class},
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 does not fit, 4 bad checkpoint,",
            "5 reading failed, 6 engine or device failed."
        })
public final class PlimsollCommand implements Runnable {
    private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    final StartUp startUp = StartUp.begin();

    @CommandLine.Spec
    CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    public static void main(String... arguments) {
        System.exit(commandLine().execute(withCommand(arguments)));
    }

    /** {@code serve} is what is done when nothing is said. */
    static String[] withCommand(String... arguments) {
        if (arguments.length > 0 && (!arguments[0].startsWith("-") || OWN_OPTIONS.contains(arguments[0]))) {
            return arguments;
        }
        return Stream.concat(Stream.of("serve"), Arrays.stream(arguments)).toArray(String[]::new);
    }

    static CommandLine commandLine() {
        return new CommandLine(new PlimsollCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(PlimsollCommand::run)
                .setParameterExceptionHandler(PlimsollCommand::explainUsage)
                .setExecutionExceptionHandler(PlimsollCommand::explain);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do: serve, plan, inspect or render");
    }

    private static int explainUsage(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        line.getErr().println(wrong.getMessage());
        line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.code();
    }

    /** An {@link Error}, such as a heap that is full, is no exception to picocli: it is explained here. */
    private static int run(ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            List<CommandLine> commands = parsed.asCommandLineList();
            return explain(PlimsollException.failureOf("planning failed", e), commands.getLast());
        }
    }

    private static int explain(Exception thrown, CommandLine line, ParseResult parsed) throws Exception {
        if (!(thrown instanceof PlimsollException known)) {
            throw thrown;
        }
        return explain(known.failure(), line);
    }

    private static int explain(Failure failure, CommandLine line) {
        line.getErr().println(failure.message());
        if (line.getCommand() instanceof ServeCommand) {
            TerminationMessage.write(failure);
        } else if (line.getCommand() instanceof PlanCommand plan && plan.report) {
            TerminationMessage.write(PlanningReport.refused(null, failure));
        }
        return ExitCode.of(failure.reason()).code();
    }
}
