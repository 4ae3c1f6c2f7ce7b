package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.architecture.Parameter;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever numbers a config and a spec hold, a plan's are right, or there is a refusal: nothing wraps, nothing hangs. */
class AbsurdModelsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int[] NUMBERS = {
        1,
        2,
        8,
        64,
        127,
        128,
        1 << 12,
        65_535,
        1 << 16,
        1 << 20,
        1 << 22,
        (1 << 22) + 2,
        (1 << 24) - 2,
        1 << 24,
        Integer.MAX_VALUE
    };
    private static final int[] LAYERS = {1, 2, 3, 64, 10_000, 10_001};
    private static final int CONFIGS = 40;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert",
                "gemma2",
                "gpt2",
                "llama-sharded",
                "llama-tied-ropescaled",
                "mistral",
                "phi3",
                "qwen2",
                "qwen3",
                "qwen3-moe"
            })
    void aPlanIsRightOrRefused(String name) throws IOException {
        Random random = new Random(name.hashCode());
        ObjectNode tiny = (ObjectNode) JSON.readTree(
                Path.of("src/test/resources/checkpoints", name, "config.json").toFile());
        int described = 0;
        for (int i = 0; i < CONFIGS; i++) {
            ObjectNode config = tiny.deepCopy();
            config.properties().forEach(setting -> {
                if (setting.getValue().isInt() && random.nextInt(3) == 0) {
                    int[] from = setting.getKey().contains("layer") ? LAYERS : NUMBERS;
                    config.put(setting.getKey(), from[random.nextInt(from.length)]);
                }
            });
            config.remove("layer_types");
            try {
                Architecture architecture = ModelFamilies.describe(config);
                described++;
                check(architecture, random);
            } catch (PlimsollException refused) {
                assertThat(refused.failure().reason())
                        .as(config.toString())
                        .isIn(Reason.InvalidCheckpoint, Reason.UnsupportedConfig);
            }
        }
        assertThat(described).as("configs that mean a model").isPositive();
    }

    private static void check(Architecture architecture, Random random) {
        PlacementPolicy policy = architecture.shape().layers() > 64
                ? PlacementPolicy.HostOnly
                : PlacementPolicy.KNOWN.get(random.nextInt(5));
        int positions = architecture.shape().maxPositions();
        PlanRequest request = new PlanRequest(
                architecture,
                List.of(Dtype.Float32, Dtype.BFloat16).get(random.nextInt(2)),
                Placement.of(PlacementPolicy.Custom.equals(policy) ? PlacementPolicy.Auto : policy),
                IntStream.range(0, 2)
                        .mapToObj(i -> new PlanRequest.Gpu(DeviceId.gpu(i), false, 1L << 49, 1L << 49, 1 << 20, false))
                        .toList(),
                PlanRequest.UNLIMITED,
                1 + random.nextInt(1024),
                1 + random.nextInt(positions));
        switch (new Planner(new HostNeeds(0, 0), KernelMemory.NONE).plan(request)) {
            case PlacementPlan plan -> {
                BigInteger weights = BigInteger.ZERO;
                for (DevicePlan device : plan.devices()) {
                    assertThat(List.of(device.weights(), device.kvCache(), device.workspace(), device.total()))
                            .allMatch(bytes -> bytes >= 0);
                    weights = weights.add(BigInteger.valueOf(device.weights()));
                }
                assertThat(weights).isGreaterThanOrEqualTo(bytes(architecture, request.dtype()));
                assertThat(plan.host().total()).isNotNegative();
            }
            case Refusal refusal -> {
                assertThat(refusal.failure().message()).doesNotContain(" -");
                assertThat(refusal.failure().deficits())
                        .allMatch(deficit -> deficit.needed() > deficit.budget() && deficit.weights() >= 0);
            }
        }
    }

    private static BigInteger bytes(Architecture architecture, Dtype dtype) {
        BigInteger elements = architecture
                .root()
                .allParameters()
                .filter(parameter -> !parameter.buffer() && parameter.tiedTo() == null)
                .map(AbsurdModelsTest::elements)
                .reduce(BigInteger.ZERO, BigInteger::add);
        return elements.multiply(BigInteger.valueOf(ElementType.of(dtype).bytes()));
    }

    private static BigInteger elements(Parameter parameter) {
        return parameter.shape().dims().stream().map(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
    }

    @Test
    void expertsAreCountedBeforeTheyAreMade() throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(
                Path.of("src/test/resources/checkpoints/qwen3-moe/config.json").toFile());
        config.put("num_experts", 4096).put("num_hidden_layers", 10_000).remove("layer_types");
        assertThatThrownBy(() -> ModelFamilies.describe(config))
                .isInstanceOf(PlimsollException.class)
                .hasMessageContaining("must be a whole number from 1 to 6, is 4096");
    }

    @Test
    void whatCannotBeCountedIsRefusedWithWhatToLower() throws IOException {
        ObjectNode config =
                (ObjectNode) JSON.readTree(Path.of("src/test/resources/checkpoints/llama-sharded/config.json")
                        .toFile());
        config.put("max_position_embeddings", 1 << 24);
        PlanRequest request = new PlanRequest(
                ModelFamilies.describe(config),
                Dtype.Float32,
                Placement.of(PlacementPolicy.HostOnly),
                List.of(),
                PlanRequest.UNLIMITED,
                Integer.MAX_VALUE,
                1 << 24);
        assertThat(new Planner(new HostNeeds(0, 0), KernelMemory.NONE).plan(request))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.failure().reason()).isEqualTo(Reason.SequenceTooLong);
                    assertThat(refusal.failure().message())
                            .contains("lower serving.maxSequences or serving.maxSequenceTokens");
                });
    }
}
