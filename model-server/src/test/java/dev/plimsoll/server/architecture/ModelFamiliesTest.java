package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Config and tensors must belong together before a byte is planned for. */
class ModelFamiliesTest {
    private static final String QUERY = "model.layers.1.self_attn.q_proj.weight";
    private static final String HEAD = "lm_head.weight";

    private final Checkpoint tied = open("llama-tied-ropescaled");
    private final Checkpoint untied = open("llama-sharded");

    @AfterEach
    void close() {
        tied.close();
        untied.close();
    }

    @Test
    void configAndTensorsOfACheckpointBelongTogether() {
        assertThat(ModelFamilies.describe(untied).name()).isEqualTo("LlamaForCausalLM");
        assertThat(tied.tensors()).doesNotContainKey(HEAD);
        assertThat(ModelFamilies.describe(tied).shape().layers()).isEqualTo(3);
    }

    @Test
    void aMissingTensorIsNamedWithItsShape() {
        TreeMap<String, StoredTensor> tensors = new TreeMap<>(untied.tensors());
        tensors.remove(HEAD);
        refused(Reason.InvalidCheckpoint, with(untied, tensors), HEAD + " is missing", "[384, 64]");
    }

    @Test
    void anUntiedConfigAsksForAHeadOfItsOwn() {
        ObjectNode config = tied.config().deepCopy();
        config.put("tie_word_embeddings", false);
        Checkpoint claimed = new Checkpoint(
                tied.source(), config, tied.generationConfig(), List.of(), tied.tensors(), Map.of(), tied.revision());
        refused(Reason.InvalidCheckpoint, claimed, HEAD + " is missing");
    }

    @Test
    void whatIsWrongWithATensorCountsWhenTheModelNeedsIt() {
        refused(
                Reason.InvalidCheckpoint,
                flawed(untied, QUERY),
                "tensor " + QUERY + " is in a by the index, and not there",
                "download the checkpoint again");
        assertThat(parts(flawed(untied, "mtp.0.head.weight"))).isEqualTo(parts(untied));
    }

    private static Checkpoint flawed(Checkpoint from, String tensor) {
        return new Checkpoint(
                from.source(),
                from.config(),
                from.generationConfig(),
                List.of(),
                from.tensors(),
                Map.of(tensor, "is in a by the index, and not there"),
                from.revision());
    }

    @Test
    void aTensorOfAnotherShapeIsNamedWithBothShapes() {
        ObjectNode config = untied.config().deepCopy();
        config.put("num_attention_heads", 8);
        Checkpoint claimed = new Checkpoint(
                untied.source(),
                config,
                untied.generationConfig(),
                List.of(),
                untied.tensors(),
                Map.of(),
                untied.revision());
        refused(Reason.InvalidCheckpoint, claimed, "q_proj.weight has shape [64, 64]", "asks for [128, 64]");
    }

    @Test
    void weightsInATypeThatIsNoFloatAreRefused() {
        TreeMap<String, StoredTensor> tensors = new TreeMap<>(untied.tensors());
        StoredTensor query = Objects.requireNonNull(tensors.get(QUERY));
        tensors.put(
                QUERY,
                new StoredTensor(
                        QUERY,
                        StoredDtype.I8,
                        query.shape(),
                        query.file(),
                        query.position(),
                        query.shape().elements()));
        refused(Reason.UnsupportedConfig, with(untied, tensors), QUERY + " is stored as I8", "F32, F16 or BF16");
    }

    @ParameterizedTest
    @CsvSource({"gpt2, transformer.", "bert, bert."})
    void namesMayHaveOrLackThePrefixOfTheirModel(String name, String prefix) {
        try (Checkpoint checkpoint = open(name)) {
            TreeMap<String, StoredTensor> bare = new TreeMap<>();
            TreeMap<String, StoredTensor> prefixed = new TreeMap<>();
            checkpoint.tensors().forEach((key, tensor) -> {
                String stem = key.startsWith(prefix) ? key.substring(prefix.length()) : key;
                bare.put(stem, tensor);
                prefixed.put(prefix + stem, tensor);
            });
            assertThat(parts(with(checkpoint, bare))).isNotEmpty().allMatch(bare::containsKey);
            assertThat(parts(with(checkpoint, prefixed))).isNotEmpty().allMatch(prefixed::containsKey);
        }
    }

    @Test
    void oldLayerNormsCallWeightAndBiasGammaAndBeta() {
        try (Checkpoint checkpoint = open("bert")) {
            TreeMap<String, StoredTensor> old = new TreeMap<>();
            checkpoint
                    .tensors()
                    .forEach((key, tensor) -> old.put(
                            key.replace("LayerNorm.weight", "LayerNorm.gamma")
                                    .replace("LayerNorm.bias", "LayerNorm.beta"),
                            tensor));
            assertThat(parts(with(checkpoint, old)))
                    .contains("embeddings.LayerNorm.gamma", "encoder.layer.2.output.LayerNorm.beta")
                    .allMatch(old::containsKey);
        }
    }

    private static List<String> parts(Checkpoint checkpoint) {
        return ModelFamilies.describe(checkpoint).units().stream()
                .flatMap(unit -> unit.weights().stream())
                .flatMap(weight -> weight.slices().stream())
                .map(slice -> slice.tensor())
                .toList();
    }

    private static Checkpoint open(String name) {
        return CheckpointReader.open(Path.of("src/test/resources/checkpoints").resolve(name));
    }

    private static Checkpoint with(Checkpoint from, SortedMap<String, StoredTensor> tensors) {
        return new Checkpoint(
                from.source(),
                from.config(),
                from.generationConfig(),
                List.of(),
                tensors,
                from.flaws(),
                from.revision());
    }

    private static void refused(Reason reason, Checkpoint checkpoint, String... words) {
        assertThatThrownBy(() -> ModelFamilies.describe(checkpoint))
                .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                    assertThat(refused.failure().reason()).isEqualTo(reason);
                    assertThat(refused.getMessage()).contains(words);
                });
    }
}
