package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.architecture.Parameter;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for every plan and every refusal. */
class PlannerTest {
    private static final int TRIALS = 4000;
    private static final int REFUSALS = 300;
    private static final List<PlacementPolicy> POLICIES = List.of(
            PlacementPolicy.GpuOnly,
            PlacementPolicy.HostOnly,
            PlacementPolicy.Auto,
            PlacementPolicy.Sequential,
            PlacementPolicy.Balanced,
            PlacementPolicy.BalancedLow0);
    private static final List<List<OffloadTier>> TIERS = List.of(
            List.of(),
            List.of(OffloadTier.Host),
            List.of(OffloadTier.Disk),
            List.of(OffloadTier.Host, OffloadTier.Disk));
    private final Planner planner = new Planner(new HostNeeds(100 << 20, 16 << 20), KernelMemory.NONE);

    @Test
    void noPlanIsOverABudgetAndNoModuleIsLostOrMoved() {
        SplittableRandom random = new SplittableRandom(1);
        int fitting = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            PlanRequest request = randomRequest(random);
            if (planner.attempt(request, Sizes.of(request.architecture())) instanceof PlacementPlan plan) {
                fitting++;
                assertWithinBudgets(request, plan);
                assertEveryModulePlacedOnce(request, plan);
            }
        }
        assertThat(fitting).as("plans among the trials").isBetween(TRIALS / 10, TRIALS * 9 / 10);
    }

    @Test
    void whatARefusalSuggestsFits() {
        SplittableRandom random = new SplittableRandom(2);
        int tried = 0;
        while (tried < REFUSALS) {
            PlanRequest request = randomRequest(random);
            if (planner.plan(request) instanceof Refusal(Failure failure)) {
                for (String suggestion : failure.wouldFit()) {
                    PlanRequest changed = apply(request, suggestion);
                    assertThat(planner.plan(changed)).as(suggestion).isInstanceOf(PlacementPlan.class);
                    tried++;
                }
            }
        }
    }

    @Test
    void aRefusalNamesTheDeficitByKindAndWhatWouldFit() {
        PlanRequest request =
                request(model(4, 512, 32_000, true), PlacementPolicy.GpuOnly, List.of(32L << 20), 4L << 30);
        Refusal refusal = (Refusal) planner.plan(request);
        assertThat(refusal.failure().reason()).isEqualTo(Reason.GpuBudgetTooSmall);
        assertThat(refusal.failure().message())
                .matches(
                        "gpu:0 needs \\S+ and may use 32Mi: \\S+ short \\(weights \\S+, KV cache \\S+ for 2 x 512 tokens,"
                                + " workspace \\S+, context 0\\)\\. Would fit: memory\\.gpu \\S+; or .*placement\\.policy HostOnly\\.");
        Failure.Deficit deficit = refusal.failure().deficits().getFirst();
        assertThat(deficit.weights() + deficit.kvCache() + deficit.workspace() + deficit.context())
                .isEqualTo(deficit.needed());
    }

    @Test
    void noCeilingIsSuggestedThatTheDeviceDoesNotHave() {
        Architecture architecture = model(4, 512, 32_000, true);
        PlanRequest.Gpu full = gpu(0, 32L << 20, 32L << 20);
        PlanRequest request = new PlanRequest(
                architecture, Dtype.Float32, Placement.of(PlacementPolicy.GpuOnly), List.of(full), 1 << 20, 2, 512);
        Refusal refusal = (Refusal) planner.plan(request);
        assertThat(refusal.failure().wouldFit()).isEmpty();
        assertThat(refusal.failure().message()).endsWith("use more or larger devices, or a smaller model.");
    }

    @Test
    void whenBothCeilingsAreTooLowBothAreNamed() {
        PlanRequest request =
                request(model(4, 512, 32_000, true), PlacementPolicy.GpuOnly, List.of(32L << 20), 1 << 20);
        assertThat(((Refusal) planner.plan(request)).failure().wouldFit())
                .singleElement()
                .asString()
                .matches("memory\\.gpu \\S+Mi with memory\\.host \\S+Mi");
    }

    @Test
    void withoutAGpuGpuOnlyIsRefused() {
        PlanRequest request = request(model(1, 64, 100, true), PlacementPolicy.GpuOnly, List.of(), 4L << 30);
        assertThat(((Refusal) planner.plan(request)).failure().reason()).isEqualTo(Reason.NoGpu);
    }

    /** The heap is of one size whatever the model, and keeps something of each page. */
    @Test
    void morePagesThanTheHeapHasRoomForAreRefused() {
        for (int tokens : new int[] {4096, 4080}) {
            PlanRequest request = new PlanRequest(
                    model(1, 64, 100, true),
                    Dtype.Float32,
                    Placement.of(PlacementPolicy.HostOnly),
                    List.of(),
                    1L << 40,
                    tokens == 4096 ? 1100 : 1024,
                    tokens);
            if (tokens == 4080) {
                assertThat(planner.plan(request)).isInstanceOf(PlacementPlan.class);
            } else {
                assertThat(((Refusal) planner.plan(request)).failure().message())
                        .contains("of the server's heap", "serving.maxSequences");
            }
        }
    }

    @Test
    void moreTokensThanTheModelAllowsAreRefused() {
        PlanRequest request = new PlanRequest(
                model(1, 64, 100, true),
                Dtype.Float32,
                Placement.of(PlacementPolicy.HostOnly),
                List.of(),
                4L << 30,
                1,
                4097);
        assertThat(((Refusal) planner.plan(request)).failure().reason()).isEqualTo(Reason.SequenceTooLong);
    }

    @Test
    void tiedParametersCountOnceOnADevice() {
        Architecture tied = model(2, 64, 1000, true);
        PlacementPlan plan =
                (PlacementPlan) planner.plan(request(tied, PlacementPolicy.GpuOnly, List.of(1L << 30), 4L << 30));
        assertThat(plan.devices().getFirst().weights()).isEqualTo(ownBytes(tied, 4));
        assertThat(plan.modules()).containsEntry("lm_head", new Placed(DeviceId.gpu(0), DeviceId.gpu(0), 0, null));
    }

    private static void assertWithinBudgets(PlanRequest request, PlacementPlan plan) {
        for (DevicePlan device : plan.devices()) {
            assertThat(device.total()).isLessThanOrEqualTo(device.budgetBytes());
        }
        assertThat(plan.host().total()).isLessThanOrEqualTo(request.hostBudgetBytes());
        for (PlanRequest.Gpu gpu : request.gpus()) {
            assertThat(plan.devices())
                    .filteredOn(device -> device.id().equals(gpu.id()))
                    .allSatisfy(device -> assertThat(device.budgetBytes()).isEqualTo(gpu.budgetBytes()));
        }
    }

    private static void assertEveryModulePlacedOnce(PlanRequest request, PlacementPlan plan) {
        List<String> wanted = request.architecture().units().stream()
                .map(ExecutionUnit::module)
                .toList();
        assertThat(plan.modules().sequencedKeySet()).containsExactlyElementsOf(wanted);
        assertThat(plan.modules().values().stream().mapToLong(Placed::bytes).sum())
                .isEqualTo(ownBytes(
                        request.architecture(), ElementType.of(plan.dtype()).bytes()));
        List<DeviceId> layers = plan.modules().entrySet().stream()
                .filter(module -> module.getKey().contains(".layers."))
                .map(module -> module.getValue().device())
                .toList();
        assertThat(layers).as("the order of layers").isSorted();
        assertThat(plan.modules().values()).allMatch(placed -> mayLiveOn(placed.device(), request.placement()));
    }

    private static boolean mayLiveOn(DeviceId device, Placement placement) {
        return switch (device.tier()) {
            case GPU -> !placement.policy().equals(PlacementPolicy.HostOnly);
            case HOST ->
                placement.policy().equals(PlacementPolicy.HostOnly)
                        || placement.tiers().contains(OffloadTier.Host);
            case DISK -> placement.tiers().contains(OffloadTier.Disk);
        };
    }

    private static long ownBytes(Architecture architecture, int elementBytes) {
        return architecture
                .root()
                .allParameters()
                .filter(parameter -> !parameter.buffer() && parameter.tiedTo() == null)
                .map(Parameter::shape)
                .mapToLong(shape -> shape.elements() * elementBytes)
                .sum();
    }

    private static PlanRequest apply(PlanRequest from, String suggestion) {
        if (suggestion.startsWith("dtype ")) {
            return from.withDtype(new Dtype(suggestion.substring("dtype ".length())));
        }
        if (suggestion.startsWith("serving.maxSequenceTokens ")) {
            return from.withTokens((int) bytesAfter("serving.maxSequenceTokens ", suggestion));
        }
        if (suggestion.startsWith("placement.policy ")) {
            return from.withPlacement(
                    Placement.of(new PlacementPolicy(suggestion.split(" ", 3)[1])));
        }
        PlanRequest changed = from;
        if (suggestion.contains("memory.gpu ")) {
            long bytes = bytesAfter("memory.gpu ", suggestion);
            changed = changed.withGpus(gpu -> gpu.withCeiling(bytes));
        }
        return suggestion.contains("memory.host ")
                ? changed.withHostBudget(bytesAfter("memory.host ", suggestion))
                : changed;
    }

    private static long bytesAfter(String setting, String suggestion) {
        String value = suggestion.substring(suggestion.indexOf(setting) + setting.length());
        return ByteSize.bytes(new Quantity(value.split(" ", 2)[0]));
    }

    private static PlanRequest.Gpu gpu(int index, long budget, long capacity) {
        return new PlanRequest.Gpu(DeviceId.gpu(index), index % 2 == 0, budget, capacity, 0, false);
    }

    private static PlanRequest randomRequest(SplittableRandom random) {
        Architecture architecture = model(
                random.nextInt(1, 24), 64 * random.nextInt(1, 9), random.nextInt(100, 50_000), random.nextBoolean());
        PlacementPolicy policy = POLICIES.get(random.nextInt(POLICIES.size()));
        List<PlanRequest.Gpu> gpus = new ArrayList<>();
        int count = policy.equals(PlacementPolicy.HostOnly) ? 0 : random.nextInt(5);
        for (int i = 0; i < count; i++) {
            long budget = random.nextLong(1 << 20, 256 << 20);
            gpus.add(gpu(i, budget, budget * random.nextInt(1, 9)));
        }
        return new PlanRequest(
                architecture,
                Dtype.Float32,
                new Placement(policy, null, TIERS.get(random.nextInt(TIERS.size()))),
                gpus,
                random.nextLong(64 << 20, 1L << 30),
                2,
                512);
    }

    private static PlanRequest request(
            Architecture architecture, PlacementPolicy policy, List<Long> gpuBudgets, long host) {
        List<PlanRequest.Gpu> gpus = IntStream.range(0, gpuBudgets.size())
                .mapToObj(i -> gpu(i, gpuBudgets.get(i), 1L << 50))
                .toList();
        return new PlanRequest(architecture, Dtype.Float32, Placement.of(policy), gpus, host, 2, 512);
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
