package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Auto beside Sequential on the configurations of the reference, with the same budgets: each GPU may take the
 * reference's bytes of weights on top of what a step, every layer's KV cache and two stream buffers take.
 */
class AutoOnGoldensTest {
    private static final Path DOCUMENT = Path.of("../docs/auto-and-sequential.md");
    private static final int TOKENS = 64;
    private static final Planner PLANNER = new Planner(new HostNeeds(0, 0), KernelMemory.NONE);

    /** Sums over the cases of one model. */
    private static final class Row {
        private int cases;
        private int more;
        private long auto;
        private long sequential;
        private long parameters;

        void add(long autoBytes, long sequentialBytes, long bytes) {
            cases++;
            more += autoBytes > sequentialBytes ? 1 : 0;
            auto += autoBytes;
            sequential += sequentialBytes;
            parameters += bytes;
        }
    }

    @Test
    void autoNeverPutsFewerBytesOnGpus() throws IOException {
        JsonNode goldens = new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/placement.json").toFile());
        SortedMap<String, Row> rows = new TreeMap<>();
        for (JsonNode golden : goldens.path("cases")) {
            String model = golden.path("model").asText();
            Architecture architecture =
                    describe(goldens.path("models").path(model).path("config"));
            if (architecture != null && golden.path("policy").asText().equals("Sequential")) {
                compare(architecture, golden, rows.computeIfAbsent(model, name -> new Row()));
            }
        }
        String document = document(rows);
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(DOCUMENT, document);
        }
        assertThat(DOCUMENT).hasContent(document);
        assertThat(rows.values().stream().mapToInt(row -> row.more).sum()).isGreaterThan(rows.size());
    }

    private static void compare(Architecture architecture, JsonNode golden, Row row) {
        Dtype dtype = golden.path("dtype").asText().equals("float32") ? Dtype.Float32 : Dtype.Float16;
        Sizes sizes = Sizes.of(architecture);
        Demand demand = Demand.of(
                sizes, architecture.shape(), ElementType.of(dtype), 1, TOKENS, TOKENS, CachePages.of(1, TOKENS));
        long kvCache = demand.units().stream().mapToLong(Demand.Unit::kvCache).sum();
        long largest =
                demand.units().stream().mapToLong(Demand.Unit::used).max().orElseThrow();
        List<PlanRequest.Gpu> gpus = new ArrayList<>();
        golden.path("maxMemory").forEachEntry((device, bytes) -> {
            if (!device.equals("cpu") && !device.equals("disk")) {
                long budget = bytes.asLong() + demand.workspace() + kvCache + 2 * largest;
                gpus.add(new PlanRequest.Gpu(DeviceId.gpu(gpus.size()), false, budget, budget, 0, false));
            }
        });
        if (gpus.isEmpty()) {
            return;
        }
        PlacementPlan auto = plan(architecture, sizes, dtype, PlacementPolicy.Auto, gpus);
        PlacementPlan sequential = plan(architecture, sizes, dtype, PlacementPolicy.Sequential, gpus);
        long bytes = demand.units().stream().mapToLong(Demand.Unit::weights).sum();
        assertThat(onGpus(auto)).as(golden.toString()).isGreaterThanOrEqualTo(onGpus(sequential));
        row.add(onGpus(auto), onGpus(sequential), bytes);
    }

    private static PlacementPlan plan(
            Architecture architecture, Sizes sizes, Dtype dtype, PlacementPolicy policy, List<PlanRequest.Gpu> gpus) {
        Placement placement = new Placement(policy, null, List.of(OffloadTier.Host, OffloadTier.Disk));
        PlanRequest request = new PlanRequest(architecture, dtype, placement, gpus, PlanRequest.UNLIMITED, 1, TOKENS);
        return (PlacementPlan) PLANNER.attempt(request, sizes);
    }

    private static long onGpus(PlacementPlan plan) {
        return plan.modules().values().stream()
                .filter(placed -> placed.device().isGpu())
                .mapToLong(PlacementPlan.Placed::bytes)
                .sum();
    }

    private static @Nullable Architecture describe(JsonNode config) {
        try {
            return ModelFamilies.describe(config);
        } catch (PlimsollException familyNotImplemented) {
            return null;
        }
    }

    private static String document(SortedMap<String, Row> rows) {
        StringBuilder text = new StringBuilder("""
                # Auto beside Sequential

                The reference configurations, each GPU with the reference's bytes for weights on top of what a step, \
                every layer's KV cache and two stream buffers take. Bytes are means over the cases of a model. \
                Written by `AutoOnGoldensTest`, which holds that Auto never puts fewer bytes on GPUs.

                | model | cases | Auto puts more | on GPUs with Auto | with Sequential | of |
                |---|---|---|---|---|---|
                """);
        rows.forEach((model, row) -> text.append(String.format(
                Locale.ROOT,
                "| %s | %d | %d | %s | %s | %s |%n",
                model,
                row.cases,
                row.more,
                ByteSize.format(row.auto / row.cases),
                ByteSize.format(row.sequential / row.cases),
                ByteSize.format(row.parameters / row.cases))));
        return text.toString();
    }
}
