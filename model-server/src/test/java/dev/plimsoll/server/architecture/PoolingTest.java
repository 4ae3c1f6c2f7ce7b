package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Pooling.Kind;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sentence-transformers would make of a checkpoint is made of it, or refused by name. */
class PoolingTest {
    private static final Path BERT = Path.of("src/test/resources/checkpoints/bert");
    private static final String POOLING =
            "{\"type\": \"sentence_transformers.models.Pooling\", \"path\": \"1_Pooling\"}";
    private static final String NORMALIZE = "{\"type\": \"sentence_transformers.models.Normalize\", \"path\": \"2\"}";

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(BERT.resolve(file), folder.resolve(file));
        }
        Files.createDirectory(folder.resolve("1_Pooling"));
    }

    @Test
    void whoSaysNothingGetsTheMean() {
        assertThat(pooling()).isEqualTo(new Pooling(Kind.MEAN, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false} | FIRST
            {"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true} | MEAN
            {"pooling_mode_mean_tokens": false, "pooling_mode_lasttoken": true} | LAST
            {"word_embedding_dimension": 64} | MEAN
            {"pooling_mode": "cls"} | FIRST
            {"pooling_mode": "mean"} | MEAN
            {"pooling_mode": "lasttoken"} | LAST
            """)
    void theModeIsTheCheckpoints(String settings, Kind kind) throws IOException {
        modules(POOLING);
        Files.writeString(folder.resolve("1_Pooling/config.json"), settings);
        assertThat(pooling()).isEqualTo(new Pooling(kind, false));
        modules(POOLING + "," + NORMALIZE);
        assertThat(pooling()).isEqualTo(new Pooling(kind, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": false} | pooling by max_tokens
            {"pooling_mode_mean_sqrt_len_tokens": true, "pooling_mode_mean_tokens": false} | pooling by mean_sqrt_len_tokens
            {"pooling_mode_weightedmean_tokens": true, "pooling_mode_mean_tokens": false} | pooling by weightedmean_tokens
            {"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true} | more than one way of pooling
            {"pooling_mode_cls_token": true} | more than one way of pooling
            {"pooling_mode": "max"} | pooling by max
            """)
    void aModeThatIsNotImplementedIsRefusedByName(String settings, String what) throws IOException {
        modules(POOLING);
        Files.writeString(folder.resolve("1_Pooling/config.json"), settings);
        refused("1_Pooling/config.json: " + what + " is not implemented and would change the vectors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dense", "LayerNorm", "WordWeights"})
    void aModuleThatIsNotImplementedIsRefusedByName(String module) throws IOException {
        modules(POOLING + ", {\"type\": \"sentence_transformers.models." + module + "\", \"path\": \"2_Dense\"}");
        refused("modules.json: module " + module + " is not implemented");
    }

    @Test
    void aListWithoutPoolingIsRefused() throws IOException {
        modules(NORMALIZE);
        refused("modules.json: a list without the module Pooling is not implemented");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[1]", "[{\"type\": \"Pooling\"}]", "[{\"type\": \"Pooling\", \"path\": \"../..\"}]", "["})
    void aListThatIsNoneIsRefused(String list) throws IOException {
        Files.writeString(folder.resolve("modules.json"), list);
        assertThatThrownBy(this::pooling).isInstanceOfSatisfying(PlimsollException.class, refused -> assertThat(
                        refused.failure().reason())
                .isEqualTo(Reason.InvalidCheckpoint));
    }

    private void modules(String others) throws IOException {
        Files.writeString(
                folder.resolve("modules.json"),
                "[{\"idx\": 0, \"name\": \"0\", \"path\": \"\","
                        + " \"type\": \"sentence_transformers.models.Transformer\"}, " + others + "]");
    }

    private Pooling pooling() {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            Architecture architecture = ModelFamilies.describe(checkpoint);
            Pooling pooling = Pooling.of(checkpoint.modules());
            assertThat(architecture.settings()).containsAllEntriesOf(pooling.settings());
            return pooling;
        }
    }

    private void refused(String words) {
        assertThatThrownBy(this::pooling)
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        refused -> assertThat(refused.failure().reason()).isEqualTo(Reason.UnsupportedConfig))
                .hasMessageContaining(words);
    }
}
