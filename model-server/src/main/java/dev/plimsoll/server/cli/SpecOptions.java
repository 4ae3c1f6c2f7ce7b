package dev.plimsoll.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Gpu;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.ModelSource;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Serving;
import dev.plimsoll.server.lifecycle.Settings;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The settings that a ModelDeployment carries, as flags. In a pod they come from {@code PLIMSOLL_SPEC}; a flag wins over
 * it.
 */
final class SpecOptions {
    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            defaultValue = "${env:PLIMSOLL_MODEL_DIR}",
            description = "checkpoint folder (config.json, safetensors)")
    @Nullable
    Path model;

    @Option(names = "--served-name", description = "model name for clients; default: the folder's name")
    @Nullable
    String servedName;

    @Option(names = "--dtype", description = "${COMPLETION-CANDIDATES}; default: Auto, the checkpoint's own")
    @Nullable
    Dtype dtype;

    @Option(names = "--policy", description = "${COMPLETION-CANDIDATES}; default: GpuOnly")
    @Nullable
    PlacementPolicy policy;

    @Option(names = "--memory-gpu", paramLabel = "SIZE", description = "ceiling on each GPU, such as 8Gi")
    @Nullable
    Quantity memoryGpu;

    @Option(names = "--memory-host", paramLabel = "SIZE", description = "ceiling of host memory; default: 2Gi")
    @Nullable
    Quantity memoryHost;

    @Option(names = "--max-sequences", paramLabel = "N", description = "sequences that share a step; default: 8")
    @Nullable
    Integer maxSequences;

    @Option(
            names = "--max-sequence-tokens",
            paramLabel = "N",
            description = "tokens of one sequence; default: what the model allows, at most 4096")
    @Nullable
    Integer maxSequenceTokens;

    /**
     * The settings of this process.
     *
     * @throws CommandLine.ParameterException when a setting is missing or no size
     */
    Settings settings() {
        if (model == null) {
            throw usage("--model DIR is needed: the checkpoint folder");
        }
        ModelDeploymentSpec given = given(System.getenv("PLIMSOLL_SPEC"));
        Path folder = model.toAbsolutePath().normalize();
        ModelDeploymentSpec spec = new ModelDeploymentSpec(
                given.model(),
                dtype == null ? given.dtype() : dtype,
                policy == null ? given.placement() : Placement.of(policy),
                Memory.of(
                        memoryGpu == null ? given.memory().gpu() : checked(memoryGpu),
                        memoryHost == null ? given.memory().host() : checked(memoryHost)),
                given.gpu() == null ? new Gpu(1, Gpu.EMULATED) : given.gpu(),
                new Serving(
                        maxSequences == null ? given.serving().maxSequences() : maxSequences,
                        maxSequenceTokens == null ? given.serving().maxSequenceTokens() : maxSequenceTokens),
                1,
                null);
        return new Settings(
                folder,
                or(System.getenv("PLIMSOLL_SOURCE"), folder.toString()),
                spec,
                or(servedName, or(System.getenv("PLIMSOLL_SERVED_NAME"), String.valueOf(folder.getFileName()))),
                System.getenv("PLIMSOLL_DEVICES"),
                System.getenv("POD_UID"));
    }

    private ModelDeploymentSpec given(@Nullable String json) {
        if (json == null) {
            return new ModelDeploymentSpec(
                    new ModelSource("file:///model", null),
                    Dtype.Auto,
                    Placement.of(PlacementPolicy.GpuOnly),
                    Memory.of(null, new Quantity("2Gi")),
                    null,
                    new Serving(8, null),
                    1,
                    null);
        }
        try {
            return new ObjectMapper()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(json, ModelDeploymentSpec.class);
        } catch (JsonProcessingException e) {
            throw usage("PLIMSOLL_SPEC is no ModelDeployment spec: " + e.getOriginalMessage());
        }
    }

    private Quantity checked(Quantity size) {
        try {
            if (ByteSize.bytes(size) > 0) {
                return size;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw usage(size + " is no size: use one such as 512Mi or 8Gi");
        }
        throw usage(size + " must be more than 0");
    }

    private CommandLine.ParameterException usage(String message) {
        CommandLine line = command == null ? new CommandLine(this) : command.commandLine();
        return new CommandLine.ParameterException(line, message);
    }

    private static String or(@Nullable String given, String otherwise) {
        return given == null || given.isBlank() ? otherwise : given;
    }
}
