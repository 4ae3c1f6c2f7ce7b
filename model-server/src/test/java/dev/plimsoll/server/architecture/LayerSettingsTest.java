package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What differs from layer to layer is read as transformers reads it. */
class LayerSettingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            llama-sharded | {}                                                    | 0 0 0
            mistral       | {}                                                    | 16 16 16
            mistral       | {"sliding_window": null}                              | 0 0 0
            phi3          | {"sliding_window": 8}                                 | 8 8 8
            gemma2        | {}                                                    | 16 0 16
            gemma2        | {"layer_types": null}                                 | 16 0 16
            gemma2        | {"layer_types": ["full_attention", "full_attention", "sliding_attention"]} | 0 0 16
            qwen2         | {"sliding_window": 8}                                 | 0 0 0
            qwen2         | {"layer_types": null, "use_sliding_window": true, "sliding_window": 8, "max_window_layers": 1} | 0 8 8
            qwen3         | {"layer_types": ["full_attention", "sliding_attention", "full_attention"], "use_sliding_window": true, "sliding_window": 8} | 0 8 0
            qwen3-moe     | {"use_sliding_window": true, "sliding_window": 8}     | 8 8 8
            """)
    void windows(String checkpoint, String settings, String windows) throws IOException {
        Stream<Integer> found = layers(checkpoint, settings).map(ExecutionUnit::window);
        assertThat(found.map(String::valueOf).toList()).isEqualTo(List.of(windows.split(" ")));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                | true true true
            {"mlp_only_layers": [0]}                          | false true true
            {"decoder_sparse_step": 2}                        | false true false
            {"decoder_sparse_step": 2, "mlp_only_layers": [1]} | false false false
            """)
    void experts(String settings, String layers) throws IOException {
        List<Boolean> sparse = tensors("qwen3-moe", settings, "mlp.gate.weight")
                .map(tensor -> tensor.shape().elements() > 0)
                .toList();
        List<Boolean> dense = tensors("qwen3-moe", settings, "mlp.down_proj.weight")
                .map(tensor -> tensor.shape().elements() > 0)
                .toList();
        assertThat(sparse.stream().map(String::valueOf).toList()).isEqualTo(List.of(layers.split(" ")));
        assertThat(dense).isEqualTo(sparse.stream().map(routed -> !routed).toList());
    }

    @ParameterizedTest
    @CsvSource({"num_experts", "num_local_experts"})
    void expertsInEitherSpelling(String name) throws IOException {
        ObjectNode config = config("qwen3-moe");
        config.remove(List.of("num_experts", "num_local_experts"));
        config.put(name, 5);
        assertThat(ModelFamilies.describe(config).settings()).containsEntry("experts", 5L);
    }

    private static Stream<Weight> tensors(String checkpoint, String settings, String name) throws IOException {
        return layers(checkpoint, settings)
                .flatMap(unit -> unit.weights().stream())
                .filter(tensor -> tensor.name().endsWith("." + name));
    }

    private static Stream<ExecutionUnit> layers(String checkpoint, String settings) throws IOException {
        ObjectNode config = config(checkpoint);
        config.setAll((ObjectNode) JSON.readTree(settings));
        return ModelFamilies.describe(config).units().stream().filter(unit -> unit.kind() == Kind.LAYER);
    }

    private static ObjectNode config(String checkpoint) throws IOException {
        return (ObjectNode) JSON.readTree(Path.of("src/test/resources/checkpoints", checkpoint, "config.json")
                .toFile());
    }
}
