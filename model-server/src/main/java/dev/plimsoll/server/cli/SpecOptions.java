package dev.plimsoll.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.KvCacheSize;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.ModelSource;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Serving;
import dev.plimsoll.api.SpecialTokensInContent;
import dev.plimsoll.server.lifecycle.Settings;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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

    @Option(
            names = "--dtype",
            completionCandidates = Words.Dtypes.class,
            converter = Words.Dtypes.class,
            description = "${COMPLETION-CANDIDATES}; default: Auto, the checkpoint's own")
    @Nullable
    Dtype dtype;

    @Mixin
    PlacementOptions placement = new PlacementOptions();

    @Mixin
    MemoryOptions memory = new MemoryOptions();

    @Option(names = "--max-sequences", paramLabel = "N", description = "sequences that share a step; default: 8")
    @Nullable
    Integer maxSequences;

    @Option(
            names = "--max-sequence-tokens",
            paramLabel = "N",
            description = "tokens of one sequence; default: what the model allows, at most 4096")
    @Nullable
    Integer maxSequenceTokens;

    @Option(
            names = "--kv-cache",
            paramLabel = "Auto|SIZE",
            description = "bytes of the KV cache, such as 4Gi, or Auto: what the budgets leave where not every sequence"
                    + " fits at its longest; default: room for every sequence at its longest")
    @Nullable
    String kvCache;

    @Option(
            names = "--special-tokens-in-content",
            paramLabel = "WORD",
            completionCandidates = Words.SpecialTokens.class,
            converter = Words.SpecialTokens.class,
            description =
                    "what special tokens are in what clients write: ${COMPLETION-CANDIDATES}; default: Special, as"
                            + " transformers does")
    @Nullable
    SpecialTokensInContent specialTokens;

    @Option(
            names = "--direct-reads",
            arity = "0..1",
            paramLabel = "true|false",
            fallbackValue = "true",
            description = "read weights past the page cache (O_DIRECT), so that a load neither fills it nor evicts what"
                    + " is there; default: false")
    @Nullable
    Boolean directReads;

    /**
     * The settings of this process.
     *
     * @throws CommandLine.ParameterException when a setting is missing or no size
     */
    Settings settings() {
        Path folder = folder(null);
        return new Settings(
                folder,
                or(System.getenv("PLIMSOLL_SOURCE"), folder.toString()),
                over(given()),
                servedName(folder),
                System.getenv("PLIMSOLL_DEVICES"),
                scratch(),
                System.getenv("POD_UID"));
    }

    /** The model's name for clients. */
    String servedName(Path folder) {
        return or(servedName, or(System.getenv("PLIMSOLL_SERVED_NAME"), String.valueOf(folder.getFileName())));
    }

    /**
     * Where the checkpoint is on this machine.
     *
     * @param uri what a resource says of it; null without one
     */
    Path folder(@Nullable String uri) {
        if (model != null) {
            return model.toAbsolutePath().normalize();
        }
        if (uri == null) {
            throw usage("--model DIR is needed: the checkpoint folder");
        }
        if (!uri.startsWith("file:///")) {
            throw usage("model.uri " + uri
                    + " cannot be read from here: say with --model DIR where the checkpoint is on" + " this machine");
        }
        return Path.of(uri.substring("file://".length())).normalize();
    }

    /** What {@code PLIMSOLL_SPEC} says, or nothing but defaults. */
    ModelDeploymentSpec given() {
        String json = System.getenv("PLIMSOLL_SPEC");
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

    /** {@code given} with every flag laid over it. */
    ModelDeploymentSpec over(ModelDeploymentSpec given) {
        atLeastOne("--max-sequences", maxSequences);
        atLeastOne("--max-sequence-tokens", maxSequenceTokens);
        try {
            return new ModelDeploymentSpec(
                    over(given.model()),
                    dtype == null ? given.dtype() : dtype,
                    placement.over(given.placement()),
                    memory.over(given.memory()),
                    given.gpu(),
                    over(given.serving()),
                    1,
                    given.scheduling());
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private Serving over(Serving given) {
        return new Serving(
                maxSequences == null ? given.maxSequences() : maxSequences,
                maxSequenceTokens == null ? given.maxSequenceTokens() : maxSequenceTokens,
                kvCache == null ? given.kvCache() : kvCacheSize(kvCache),
                specialTokens == null ? given.specialTokensInContent() : specialTokens,
                given.generationDefaults(),
                given.apiKeys());
    }

    private static KvCacheSize kvCacheSize(String text) {
        KvCacheSize size = new KvCacheSize(text);
        if (size.equals(KvCacheSize.Auto)) {
            return size;
        }
        return new KvCacheSize(Size.parse("--kv-cache", text).toString());
    }

    private ModelSource over(ModelSource given) {
        return directReads == null ? given : new ModelSource(given.uri(), given.servedName(), directReads);
    }

    private void atLeastOne(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw usage(option + " must be at least 1");
        }
    }

    CommandLine.ParameterException usage(String message) {
        CommandLine line = command == null ? new CommandLine(this) : command.commandLine();
        return new CommandLine.ParameterException(line, message);
    }

    private static @Nullable Path scratch() {
        String folder = System.getenv("PLIMSOLL_SCRATCH");
        return folder == null || folder.isBlank() ? null : Path.of(folder);
    }

    private static String or(@Nullable String given, String otherwise) {
        return given == null || given.isBlank() ? otherwise : given;
    }
}
