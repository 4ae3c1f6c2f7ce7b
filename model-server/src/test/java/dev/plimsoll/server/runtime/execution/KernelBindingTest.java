package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.placement.KernelMemory.LargestStep;
import dev.plimsoll.server.runtime.kernels.DenseShape;
import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import dev.plimsoll.server.runtime.kernels.KernelEngine;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelBindingTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");

    private static final String MISTRAL = """
            {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 4096,
             "intermediate_size": 14336, "num_attention_heads": 32, "num_key_value_heads": 8, "num_hidden_layers": 2,
             "vocab_size": 32000, "sliding_window": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
             "hidden_act": "silu", "max_position_embeddings": 32768}
            """;

    private static Architecture mistral() throws IOException {
        return ModelFamilies.describe(new ObjectMapper().readTree(MISTRAL));
    }

    @Test
    void aDenseDecoderHasTheShapeOfItsConfig() throws Exception {
        DenseShape shape = KernelBinding.shape(mistral(), Dtype.BFloat16);
        assertThat(shape)
                .isEqualTo(new DenseShape(
                        Element.BFLOAT16,
                        4096,
                        14336,
                        32,
                        8,
                        128,
                        32000,
                        List.of(4096, 4096),
                        1 / Math.sqrt(128),
                        1e-5,
                        Activation.SILU));
    }

    @Test
    void aPlanCountsEveryBuffer() throws Exception {
        LargestStep step = new LargestStep(8, 4096, 2048, 2048);
        EngineLimits limits = new EngineLimits(8, 4096, 2048, 2048, 32000, 0, 0, 2);
        DenseShape shape = KernelBinding.shape(mistral(), Dtype.BFloat16);
        assertThat(KernelBinding.bytes(mistral(), Dtype.BFloat16, step)).hasValue(KernelEngine.bytes(shape, limits));
        assertThat(KernelBinding.bytes(mistral(), Dtype.Float32, step)).isEmpty();
        assertThat(Engines.kernelMemory(null).bytes(mistral(), Dtype.BFloat16, step))
                .isPresent();
        assertThat(Engines.kernelMemory("false").bytes(mistral(), Dtype.BFloat16, step))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"75, none for compute capability 7.5", "120, none are built for compute capability 12.0"})
    void aGpuWithoutKernelsIsForLibtorch(int capability, String reason) {
        assertThatThrownBy(() -> KernelBinding.image(Element.BFLOAT16, capability, Optional::empty))
                .isInstanceOf(KernelBinding.UnservedException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void in32BitsItIsForLibtorch() throws IOException {
        Architecture mistral = mistral();
        assertThatThrownBy(() -> KernelBinding.shape(mistral, Dtype.Float32)).hasMessageContaining("16 bits");
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, no kernels for GPT2LMHeadModel",
        "gemma2, no kernels for Gemma2ForCausalLM",
        "qwen3-moe, no kernels for Qwen3MoeForCausalLM",
        "bert, no kernels for BertModel",
        "qwen3, heads have 24 elements"
    })
    void otherFamiliesAndShapesAreForLibtorch(String name, String reason) throws IOException {
        Architecture architecture = ModelFamilies.describe(new ObjectMapper()
                .readTree(CHECKPOINTS.resolve(name).resolve("config.json").toFile()));
        assertThatThrownBy(() -> KernelBinding.shape(architecture, Dtype.BFloat16))
                .hasMessageContaining(reason);
    }
}
