package dev.plimsoll.server.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.plimsoll.api.ByteSize;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.checkpoint.StoredTensor;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "inspect",
        description = "Show what is in a checkpoint folder or a safetensors file, or what is wrong with it.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "checkpoint folder, or one safetensors file")
    Path path = Path.of(".");

    @Option(names = "--output", defaultValue = "table", description = "${COMPLETION-CANDIDATES}; default: table")
    PlanCommand.Output output = PlanCommand.Output.table;

    @Spec
    CommandSpec command = CommandSpec.create();

    private record Contents(String path, long bytes, List<Entry> tensors) {}

    private record Entry(String name, String dtype, List<Long> shape, long bytes, String file) {}

    @Override
    public Integer call() throws Exception {
        if (Files.isRegularFile(path)) {
            print(CheckpointReader.openFile(path));
            return ExitCode.OK.code();
        }
        try (Checkpoint checkpoint = CheckpointReader.open(path)) {
            Architecture architecture = ModelFamilies.describe(checkpoint);
            if (output == PlanCommand.Output.table) {
                out().printf(
                                "%s, %d layers%n",
                                architecture.name(), architecture.shape().layers());
            }
            print(checkpoint.tensors().values());
            return ExitCode.OK.code();
        }
    }

    private void print(Collection<StoredTensor> tensors) throws Exception {
        long bytes = tensors.stream().mapToLong(StoredTensor::bytes).sum();
        if (output == PlanCommand.Output.json) {
            List<Entry> entries = tensors.stream()
                    .map(tensor -> new Entry(
                            tensor.name(), tensor.dtype().name(), tensor.shape().dims(), tensor.bytes(), tensor.file()))
                    .toList();
            out().println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(new Contents(path.toString(), bytes, entries)));
        } else {
            for (StoredTensor tensor : tensors) {
                out().printf(
                                "%-60s %-5s %-16s %8s  %s%n",
                                tensor.name(),
                                tensor.dtype(),
                                tensor.shape(),
                                ByteSize.format(tensor.bytes()),
                                tensor.file());
            }
            out().printf("%d tensors, %s (%d bytes)%n", tensors.size(), ByteSize.format(bytes), bytes);
        }
        out().flush();
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }
}
