package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a config ties, and what of it holds for the tensors that there are, in every family that has a head. */
class TiesTest {
    private static final String HEAD = "lm_head.weight";
    private static final String FAMILIES = """
            gpt2, transformer.wte.weight
            gemma2, model.embed_tokens.weight
            llama-sharded, model.embed_tokens.weight
            llama-tied-ropescaled, model.embed_tokens.weight
            mistral, model.embed_tokens.weight
            phi3, model.embed_tokens.weight
            qwen2, model.embed_tokens.weight
            qwen3, model.embed_tokens.weight
            qwen3-moe, model.embed_tokens.weight
            """;

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = FAMILIES)
    void aHeadOfItsOwnIsNotTiedWhateverTheConfigSays(String name, String embedding) {
        try (Checkpoint checkpoint = open(name)) {
            Architecture architecture = ModelFamilies.describe(tied(checkpoint, embedding, true, true));
            assertThat(head(architecture)).containsExactly(HEAD);
            assertThat(parameter(architecture, HEAD).tiedTo()).isNull();
            assertThat(embedding(architecture)).containsExactly(embedding);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = FAMILIES)
    void theEmbeddingIsTheHeadWhenItAloneIsStored(String name, String embedding) {
        try (Checkpoint checkpoint = open(name)) {
            Architecture architecture = ModelFamilies.describe(tied(checkpoint, embedding, true, false));
            assertThat(head(architecture)).containsExactly(embedding);
            assertThat(parameter(architecture, HEAD).tiedTo()).isEqualTo(embedding);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = FAMILIES)
    void theHeadIsTheEmbeddingWhenItAloneIsStored(String name, String embedding) {
        try (Checkpoint checkpoint = open(name)) {
            Architecture architecture = ModelFamilies.describe(tied(checkpoint, embedding, false, true));
            assertThat(head(architecture)).containsExactly(HEAD);
            assertThat(embedding(architecture)).containsExactly(HEAD);
            assertThat(parameter(architecture, HEAD).tiedTo()).isEqualTo(embedding);
        }
    }

    /** The checkpoint with a config that ties, holding the embedding, the head, or both. */
    private static Checkpoint tied(Checkpoint from, String embedding, boolean holdsEmbedding, boolean holdsHead) {
        ObjectNode config = from.config().deepCopy();
        config.put("tie_word_embeddings", true);
        SortedMap<String, StoredTensor> tensors = new TreeMap<>(from.tensors());
        StoredTensor table = Objects.requireNonNull(tensors.remove(embedding));
        tensors.remove(HEAD);
        if (holdsEmbedding) {
            tensors.put(embedding, table);
        }
        if (holdsHead) {
            tensors.put(HEAD, table);
        }
        return new Checkpoint(from.source(), config, null, List.of(), tensors, Map.of(), from.revision());
    }

    private static List<String> head(Architecture architecture) {
        return parts(architecture.units().getLast());
    }

    private static List<String> embedding(Architecture architecture) {
        assertThat(architecture.units().getFirst().kind()).isEqualTo(Kind.EMBEDDING);
        return parts(architecture.units().getFirst());
    }

    private static List<String> parts(ExecutionUnit unit) {
        return unit.weights().stream()
                .flatMap(weight -> weight.slices().stream())
                .map(Slice::tensor)
                .toList();
    }

    private static Parameter parameter(Architecture architecture, String name) {
        return architecture
                .root()
                .allParameters()
                .filter(parameter -> parameter.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Checkpoint open(String name) {
        return CheckpointReader.open(Path.of("src/test/resources/checkpoints").resolve(name));
    }
}
