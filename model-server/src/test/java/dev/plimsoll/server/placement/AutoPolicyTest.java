package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Auto puts as many bytes on GPUs as can be put there. */
class AutoPolicyTest {
    private static final HostNeeds HOST_NEEDS = new HostNeeds(100 << 20, 16 << 20);
    private static final List<OffloadTier> BOTH_TIERS = List.of(OffloadTier.Host, OffloadTier.Disk);
    private final Planner planner = new Planner(HOST_NEEDS, KernelMemory.NONE);

    @Test
    void neverFewerBytesThanSequential() {
        SplittableRandom random = new SplittableRandom(3);
        int more = 0;
        int compared = 0;
        for (int trial = 0; trial < 3000; trial++) {
            Architecture architecture = randomModel(random, 30);
            List<PlanRequest.Gpu> gpus = randomGpus(random, random.nextInt(1, 5));
            PlanOutcome sequential = attempt(architecture, PlacementPolicy.Sequential, gpus);
            PlanOutcome auto = attempt(architecture, PlacementPolicy.Auto, gpus);
            if (sequential instanceof PlacementPlan plan) {
                compared++;
                assertThat(auto).isInstanceOf(PlacementPlan.class);
                assertThat(gpuBytes((PlacementPlan) auto)).isGreaterThanOrEqualTo(gpuBytes(plan));
                more += gpuBytes((PlacementPlan) auto) > gpuBytes(plan) ? 1 : 0;
            }
        }
        assertThat(compared).isGreaterThan(1500);
        assertThat(more).as("plans with more bytes").isGreaterThan(500);
    }

    @Test
    void noOrderedPlacementHoldsMore() {
        SplittableRandom random = new SplittableRandom(4);
        int offloaded = 0;
        for (int trial = 0; trial < 400; trial++) {
            Architecture architecture = randomModel(random, 6);
            List<PlanRequest.Gpu> gpus = randomGpus(random, random.nextInt(1, 3));
            long most = mostBytes(architecture, gpus);
            if (attempt(architecture, PlacementPolicy.Auto, gpus) instanceof PlacementPlan plan) {
                assertThat(gpuBytes(plan)).isGreaterThanOrEqualTo(most);
                offloaded += gpuBytes(plan) < total(plan) ? 1 : 0;
            } else {
                assertThat(most).isNegative();
            }
        }
        assertThat(offloaded).isGreaterThan(40);
    }

    @Test
    void aLargeEmbeddingDoesNotKeepLayersOffTheGpu() {
        Architecture architecture = model(8, 256, 200_000, true);
        PlanRequest.Gpu gpu = gpu(0, 80L << 20);
        PlacementPlan plan = (PlacementPlan) attempt(architecture, PlacementPolicy.Auto, List.of(gpu));
        assertThat(plan.deviceMap().get("model.embed_tokens")).isEqualTo(DeviceId.HOST);
        assertThat(plan.deviceMap().get("model.layers.0")).isEqualTo(DeviceId.gpu(0));
        assertThat(attempt(architecture, PlacementPolicy.Sequential, List.of(gpu)))
                .isInstanceOfSatisfying(PlacementPlan.class, sequential -> assertThat(gpuBytes(sequential))
                        .isZero());
    }

    @Test
    void eachModuleOffTheGpusSaysWhy() {
        PlacementPlan plan =
                (PlacementPlan) attempt(model(12, 256, 1000, false), PlacementPolicy.Auto, List.of(gpu(0, 50L << 20)));
        assertThat(plan.modules().sequencedValues().reversed().stream()
                        .filter(placed -> !placed.device().isGpu()))
                .as("layers off the GPU run there all the same")
                .anyMatch(Placed::isStreamed);
        assertThat(plan.modules().values())
                .anyMatch(placed -> placed.device().isGpu())
                .anyMatch(placed -> !placed.device().isGpu())
                .allSatisfy(placed -> {
                    if (placed.device().isGpu()) {
                        assertThat(placed.reason()).isNull();
                    } else {
                        assertThat(placed.reason()).matches("takes .*, and no GPU has more than .* left");
                    }
                });
    }

    @Test
    void whatTheHostHasNoRoomForGoesToDisk() {
        Architecture architecture = model(12, 256, 1000, false);
        PlanRequest.Gpu gpu = new PlanRequest.Gpu(DeviceId.gpu(0), false, 40L << 20, 40L << 20, 0, false);
        PlanRequest request = new PlanRequest(
                architecture,
                Dtype.Float32,
                new Placement(PlacementPolicy.Auto, null, BOTH_TIERS),
                List.of(gpu),
                122L << 20,
                2,
                512);
        PlacementPlan plan = (PlacementPlan) planner.attempt(request, Sizes.of(architecture));
        assertThat(plan.modules().values().stream()
                        .map(placed -> placed.device().tier()))
                .contains(DeviceId.Tier.GPU, DeviceId.Tier.HOST, DeviceId.Tier.DISK);
    }

    /** Tries every placement with the layers in order; -1 when none fits. */
    private static long mostBytes(Architecture architecture, List<PlanRequest.Gpu> gpus) {
        Problem problem = problem(architecture, gpus);
        int layers = architecture.shape().layers();
        long most = -1;
        for (int embedding = -1; embedding < gpus.size(); embedding++) {
            for (int head = -1; head < gpus.size(); head++) {
                for (int first = 0; first <= layers; first++) {
                    for (int second = first; second <= layers; second++) {
                        List<DeviceId> homes = homes(problem, embedding, head, first, second);
                        boolean possible = homes.stream().noneMatch(id -> id.isGpu() && id.index() >= gpus.size());
                        if (possible
                                && Ledger.of(problem, Layout.of(problem, homes)).fits()) {
                            most = Math.max(most, bytes(problem, homes));
                        }
                    }
                }
            }
        }
        return most;
    }

    private static List<DeviceId> homes(Problem problem, int embedding, int head, int first, int second) {
        List<DeviceId> homes = new ArrayList<>();
        int layer = 0;
        for (Demand.Unit unit : problem.units()) {
            int gpu = unit.isLayer()
                    ? (layer < first ? 0 : layer < second ? 1 : -1)
                    : unit.kind() == Kind.EMBEDDING ? embedding : head;
            layer += unit.isLayer() ? 1 : 0;
            homes.add(gpu < 0 ? DeviceId.HOST : DeviceId.gpu(gpu));
        }
        return homes;
    }

    private static long bytes(Problem problem, List<DeviceId> homes) {
        long bytes = 0;
        for (int i = 0; i < homes.size(); i++) {
            bytes += homes.get(i).isGpu() ? problem.units().get(i).weights() : 0;
        }
        return bytes;
    }

    private static long gpuBytes(PlacementPlan plan) {
        return plan.modules().values().stream()
                .filter(placed -> placed.device().isGpu())
                .mapToLong(Placed::bytes)
                .sum();
    }

    private static long total(PlacementPlan plan) {
        return plan.modules().values().stream().mapToLong(Placed::bytes).sum();
    }

    private PlanOutcome attempt(Architecture architecture, PlacementPolicy policy, List<PlanRequest.Gpu> gpus) {
        return planner.attempt(request(architecture, policy, gpus), Sizes.of(architecture));
    }

    private static PlanRequest request(Architecture architecture, PlacementPolicy policy, List<PlanRequest.Gpu> gpus) {
        return new PlanRequest(
                architecture, Dtype.Float32, new Placement(policy, null, BOTH_TIERS), gpus, 8L << 30, 2, 512);
    }

    private static Problem problem(Architecture architecture, List<PlanRequest.Gpu> gpus) {
        Demand demand = Demand.of(Sizes.of(architecture), architecture.shape(), ElementType.FLOAT32, 2, 512, 256, 64);
        return new Problem(request(architecture, PlacementPolicy.Auto, gpus), demand, HOST_NEEDS, 512, 256, 64);
    }

    private static PlanRequest.Gpu gpu(int index, long budget) {
        return new PlanRequest.Gpu(DeviceId.gpu(index), false, budget, budget, 0, false);
    }

    private static List<PlanRequest.Gpu> randomGpus(SplittableRandom random, int count) {
        List<PlanRequest.Gpu> gpus = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            gpus.add(gpu(i, random.nextLong(8 << 20, 200 << 20)));
        }
        return gpus;
    }

    private static Architecture randomModel(SplittableRandom random, int maxLayers) {
        return model(
                random.nextInt(1, maxLayers),
                64 * random.nextInt(2, 9),
                random.nextInt(100, 50_000),
                random.nextBoolean());
    }

    private static Architecture model(int layers, int hidden, int vocabulary, boolean tied) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("model_type", "llama")
                .put("num_hidden_layers", layers)
                .put("hidden_size", hidden)
                .put("intermediate_size", 3 * hidden)
                .put("num_attention_heads", hidden / 32)
                .put("vocab_size", vocabulary)
                .put("max_position_embeddings", 4096)
                .put("tie_word_embeddings", tied);
        return ModelFamilies.describe(config);
    }
}
