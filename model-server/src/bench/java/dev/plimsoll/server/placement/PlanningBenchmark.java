package dev.plimsoll.server.placement;

import dev.plimsoll.server.device.DeviceId;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.ModulePlacement;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a plan takes: layers of 70B-shaped Llama on eight GPUs, a part of them in host memory where that is allowed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PlanningBenchmark {
    private static final int GPUS = 8;

    /** Layers of the model. */
    @Param({"80", "1000"})
    int layers;

    /** What is planned; {@code Refused} is GpuOnly without enough room, and the search for what would fit. */
    @Param({"GpuOnly", "Auto", "Balanced", "BalancedLow0", "Sequential", "HostOnly", "Custom", "Refused"})
    String plan;

    private PlanRequest request;

    @Setup
    public void describe() {
        Architecture architecture = ModelFamilies.describe(config(layers));
        boolean refused = plan.equals("Refused");
        PlacementPolicy policy = refused ? PlacementPolicy.GpuOnly : new PlacementPolicy(plan);
        long weights = SizedTree.of(architecture.root(), 2).root().bytes();
        long share = weights / GPUS;
        boolean overflows = refused || policy.mayOffload();
        long budget = (overflows ? share / 10 * 7 : share / 10 * 13) + (2L << 30);
        List<PlanRequest.Gpu> gpus = IntStream.range(0, policy.equals(PlacementPolicy.HostOnly) ? 0 : GPUS)
                .mapToObj(i -> new PlanRequest.Gpu(DeviceId.gpu(i), false, budget, budget, 512L << 20, false))
                .toList();
        request = new PlanRequest(
                architecture, Dtype.Float16, placement(policy, layers), gpus, PlanRequest.UNLIMITED, 1, 1024);
        boolean fits = plan() instanceof PlacementPlan;
        if (fits == refused) {
            throw new IllegalStateException(plan + " of " + layers + " layers " + (fits ? "fits" : "does not fit"));
        }
    }

    @Benchmark
    public PlanOutcome plan() {
        return new Planner(new HostNeeds(HostNeeds.ENGINE_BYTES, 16 << 20), KernelMemory.NONE).plan(request);
    }

    private static Placement placement(PlacementPolicy policy, int layers) {
        if (!policy.equals(PlacementPolicy.Custom)) {
            return Placement.of(policy);
        }
        List<ModulePlacement> map = IntStream.range(0, layers)
                .mapToObj(i -> new ModulePlacement("model.layers." + i, "gpu:" + (i * GPUS / layers)))
                .toList();
        return new Placement(
                policy,
                Stream.concat(Stream.of(new ModulePlacement("", "host")), map.stream())
                        .toList(),
                null);
    }

    private static ObjectNode config(int layers) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "llama")
                .put("vocab_size", 128_256)
                .put("hidden_size", 8192)
                .put("intermediate_size", 28_672)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", 64)
                .put("num_key_value_heads", 8)
                .put("max_position_embeddings", 8192);
    }
}
