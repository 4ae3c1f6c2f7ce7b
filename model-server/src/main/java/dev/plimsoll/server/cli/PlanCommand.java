package dev.plimsoll.server.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.lifecycle.Plans;
import dev.plimsoll.server.lifecycle.Settings;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        description = "Predict placement and memory from a checkpoint's headers; needs no GPU.",
        sortOptions = false)
final class PlanCommand implements Callable<Integer> {
    /** What a GPU is taken to have when no ceiling is given: nothing is refused for its sake. */
    private static final long UNBOUNDED = 1L << 50;

    @Mixin
    SpecOptions options = new SpecOptions();

    @Option(names = "--gpus", defaultValue = "1", paramLabel = "N", description = "GPUs; default: ${DEFAULT-VALUE}")
    int gpus = 1;

    @Option(names = "--output", defaultValue = "table", description = "${COMPLETION-CANDIDATES}; default: table")
    Output output = Output.table;

    @Spec
    CommandSpec command = CommandSpec.create();

    /** How a result is printed. */
    enum Output {
        table,
        json
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = options.settings();
        PrintWriter out = command.commandLine().getOut();
        try (Checkpoint checkpoint = CheckpointReader.open(settings.folder())) {
            List<Long> bytes = Collections.nCopies(gpus, UNBOUNDED);
            PlanRequest request = Plans.request(settings.spec(), checkpoint, bytes, false, Long.MAX_VALUE);
            try {
                PlacementPlan plan = Plans.require(request);
                if (output == Output.json) {
                    print(out, PlanJson.of(plan));
                } else {
                    PlanTable.print(out, checkpoint, request, plan);
                }
                return ExitCode.OK.code();
            } catch (PlimsollException refused) {
                if (output == Output.json) {
                    print(out, PlanJson.of(refused.failure()));
                } else {
                    PlanTable.print(out, checkpoint, request, refused.failure());
                }
                return ExitCode.of(refused.failure().reason()).code();
            }
        }
    }

    private static void print(PrintWriter out, PlanJson json) throws Exception {
        out.println(
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(json));
        out.flush();
    }
}
