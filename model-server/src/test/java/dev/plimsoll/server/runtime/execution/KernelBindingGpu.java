package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.loading.Loader;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.HostNeeds;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.placement.Planner;
import dev.plimsoll.server.runtime.devices.TestGpus;
import dev.plimsoll.server.runtime.torch.TestTorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every family that kernels serve, beside libtorch on the same weights; run on a machine with a GPU, by {@code make test-gpu}. */
class KernelBindingGpu {
    private static final int VOCABULARY = 1000;
    private static final int TOLD = 5;

    private enum Family {
        LLAMA("""
                "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 512, "intermediate_size": 768,
                "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 64, "attention_bias": true, "mlp_bias": true,
                "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64}, "tie_word_embeddings": false
                """),
        QWEN2("""
                "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 512, "intermediate_size": 768,
                "num_attention_heads": 4, "num_key_value_heads": 2, "tie_word_embeddings": true
                """),
        QWEN3("""
                "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 320, "intermediate_size": 704,
                "num_attention_heads": 9, "num_key_value_heads": 3, "head_dim": 64, "tie_word_embeddings": true
                """),
        MISTRAL("""
                "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 512,
                "intermediate_size": 768, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 64,
                "sliding_window": 40, "tie_word_embeddings": false
                """),
        PHI3("""
                "architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 256, "intermediate_size": 512,
                "num_attention_heads": 4, "num_key_value_heads": 4, "tie_word_embeddings": false
                """);

        private final String config;

        Family(String own) {
            this.config = "{" + own + """
                    , "vocab_size": 1000, "num_hidden_layers": 3, "max_position_embeddings": 512, "rms_norm_eps": 1e-6,
                    "rope_theta": 10000.0, "hidden_act": "silu"}
                    """;
        }
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Family.class)
    void itsBFloat16LogitsAreThoseOfLibtorch(Family family) throws Exception {
        assertAgree(family, Dtype.BFloat16, 0.08, 0.5);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void itsFloat16LogitsAreThoseOfLibtorch(Family family) throws Exception {
        assertAgree(family, Dtype.Float16, 0.01, 0.07);
    }

    private void assertAgree(Family family, Dtype dtype, double mean, double most) throws Exception {
        RandomCheckpoint.write(folder, family.config);
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            Architecture architecture = ModelFamilies.describe(checkpoint);
            PlacementPlan plan = plan(architecture, dtype);
            assertThat(plan.kernelChunkTokens()).isEqualTo(2 * 512);
            Map<DeviceId, Device> devices = new LinkedHashMap<>();
            TestGpus.open(plan, 1).forEach(device -> devices.put(device.id(), device));
            ModelTensors tensors = new ModelTensors(checkpoint, architecture, plan, devices);
            Staging staging = new Staging(2, 2, 8192);
            new Loader(checkpoint.source(), devices, staging, progress -> {}).load(tensors.targets());
            List<Told> expected = new ArrayList<>();
            try (StartingEngine libtorch =
                    new TorchEngine(TestTorch.LOADED, architecture, plan, tensors, checkpoint.source(), staging)) {
                expected.addAll(run(libtorch));
            }
            try (StartingEngine kernels =
                    KernelBinding.of(architecture, plan, tensors).bind()) {
                kernels.firstStep();
                kernels.warmUp();
                assertClose(run(kernels), expected, mean, most);
            }
            devices.values().forEach(Device::close);
        }
    }

    private static PlacementPlan plan(Architecture architecture, Dtype dtype) {
        PlanRequest.Gpu gpu = new PlanRequest.Gpu(DeviceId.gpu(0), false, 4L << 30, 4L << 30, 0, false);
        PlanRequest request = new PlanRequest(
                architecture, dtype, Placement.of(PlacementPolicy.GpuOnly), List.of(gpu), 8L << 30, 2, 512);
        return (PlacementPlan)
                new Planner(new HostNeeds(HostNeeds.ENGINE_BYTES, 16 << 20), KernelBinding::bytes).plan(request);
    }

    /** The most likely tokens behind some position, and their log-probabilities. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Told(int[] ids, float[] logprobs) {}

    /** Prompts of several lengths, some in two chunks, and decode steps of tokens that are given. */
    private static List<Told> run(StartingEngine engine) {
        List<Told> told = new ArrayList<>();
        SamplingParameters parameters =
                new SamplingParameters(0, 0, 1, 0, 0, 0, 1, Map.of(), 1, StepOutput.MAX_LOGPROBS);
        StepInput input = new StepInput(engine.limits());
        StepOutput output = new StepOutput(engine.limits());
        for (int prompt : new int[] {1, 17, 130, 300}) {
            int[] tokens = new Random(prompt).ints(prompt + 4, 3, VOCABULARY).toArray();
            BlockTable table = new BlockTable();
            assertThat(engine.cache().extend(table, tokens.length)).isTrue();
            int first = Math.min(prompt, 200);
            input.clear();
            input.prompt(tokens, 0, first, table, first == prompt, parameters, prompt);
            engine.step(input, output);
            if (first < prompt) {
                input.clear();
                input.prompt(tokens, first, prompt, table, true, parameters, prompt);
                engine.step(input, output);
            }
            told.add(told(output));
            for (int position = prompt; position < tokens.length; position++) {
                input.clear();
                input.decode(tokens[position], position, table, parameters, prompt);
                engine.step(input, output);
                told.add(told(output));
            }
            engine.cache().release(table);
        }
        return told;
    }

    private static Told told(StepOutput output) {
        assertThat(output.failed[0]).isFalse();
        return new Told(output.topIds.clone(), output.topLogprobs.clone());
    }

    private static void assertClose(List<Told> actual, List<Told> expected, double mean, double most) {
        double sum = 0;
        for (int i = 0; i < expected.size(); i++) {
            for (int k = 0; k < TOLD; k++) {
                int id = expected.get(i).ids[k];
                int at = 0;
                while (at < StepOutput.MAX_LOGPROBS && actual.get(i).ids[at] != id) {
                    at++;
                }
                assertThat(at).as("rank of likely token %d in step %d", k, i).isLessThan(StepOutput.MAX_LOGPROBS);
                double difference = Math.abs(actual.get(i).logprobs[at] - expected.get(i).logprobs[k]);
                assertThat(difference).as("step %d", i).isLessThan(most);
                sum += difference;
            }
        }
        assertThat(sum / (TOLD * expected.size())).isLessThan(mean);
    }
}
