package dev.plimsoll.server.cli;

import dev.plimsoll.server.lifecycle.ModelServer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "serve",
        description = "Load a model and serve it until told to stop. Done when no command is said.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @ParentCommand
    PlimsollCommand plimsoll = new PlimsollCommand();

    @Mixin
    SpecOptions options = new SpecOptions();

    @Option(names = "--port", defaultValue = "8000", description = "OpenAI API; default: ${DEFAULT-VALUE}")
    int port = 8000;

    @Option(
            names = "--management-port",
            defaultValue = "9000",
            description = "health, metrics, /placement; default: ${DEFAULT-VALUE}")
    int managementPort = 9000;

    @Option(names = "--host", defaultValue = "0.0.0.0", description = "address to listen on; default: ${DEFAULT-VALUE}")
    @Nullable
    String host;

    @Override
    public Integer call() {
        ModelServer server = ModelServer.plan(options.settings(), plimsoll.startUp, TerminationMessage::untilTakenBack);
        System.setProperty("quarkus.http.host", String.valueOf(host));
        System.setProperty("quarkus.http.port", Integer.toString(port));
        System.setProperty("quarkus.management.host", String.valueOf(host));
        System.setProperty("quarkus.management.port", Integer.toString(managementPort));
        return new Serving(server).untilStopped();
    }
}
