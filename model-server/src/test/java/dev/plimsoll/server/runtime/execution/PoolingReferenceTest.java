package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of each way of pooling are those that torch makes of transformers' hidden states, alone and in a batch. */
class PoolingReferenceTest {
    private static final Path BERT = Path.of("src/test/resources/checkpoints/bert");
    private static final Offset<Float> CLOSE = Offset.offset(1e-4f);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "cls, false, cls",
        "lasttoken, false, lasttoken",
        "mean, false, mean",
        "cls, true, clsNormalized",
        "mean, true, meanNormalized"
    })
    void asTheCheckpointAsks(String mode, boolean normalized, String expected) throws IOException {
        List<JsonNode> cases = new ObjectMapper()
                .readTree(BERT.resolve("pooling.json").toFile())
                .path("cases")
                .valueStream()
                .toList();
        try (LoadedModel loaded = LoadedModel.onHost(checkpoint(mode, normalized), Dtype.Float32)) {
            for (JsonNode one : cases) {
                float[] vector = loaded.step(List.of(LoadedModel.run(0, 0, ids(one))))[0];
                assertThat(vector).containsExactly(floats(one.path(expected)), CLOSE);
            }
            float[][] together = loaded.step(IntStream.range(0, 3)
                    .mapToObj(i -> LoadedModel.run(i, 0, ids(cases.get(i))))
                    .toList());
            for (int i = 0; i < together.length; i++) {
                assertThat(together[i]).containsExactly(floats(cases.get(i).path(expected)), CLOSE);
            }
        }
    }

    private Path checkpoint(String mode, boolean normalized) throws IOException {
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(BERT.resolve(file), folder.resolve(file));
        }
        Files.createDirectory(folder.resolve("1_Pooling"));
        Files.writeString(folder.resolve("1_Pooling/config.json"), "{\"pooling_mode\": \"" + mode + "\"}");
        Files.writeString(
                folder.resolve("modules.json"),
                "[{\"path\": \"\", \"type\": \"Transformer\"}, {\"path\": \"1_Pooling\", \"type\": \"Pooling\"}"
                        + (normalized ? ", {\"path\": \"2_Normalize\", \"type\": \"Normalize\"}]" : "]"));
        return folder;
    }

    private static int[] ids(JsonNode one) {
        return one.path("inputIds").valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.path(i).floatValue();
        }
        return values;
    }
}
