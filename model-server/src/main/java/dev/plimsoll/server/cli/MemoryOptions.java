package dev.plimsoll.server.cli;

import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code spec.memory} as flags. */
final class MemoryOptions {
    @Option(names = "--memory-gpu", paramLabel = "SIZE", description = "ceiling on each GPU, such as 8Gi")
    @Nullable
    String gpu;

    @Option(
            names = "--per-gpu",
            paramLabel = "N=SIZE",
            split = ",",
            description = "ceilings of single GPUs, such as 0=6Gi,1=8Gi; override --memory-gpu")
    @Nullable
    List<String> perGpu;

    @Option(names = "--memory-host", paramLabel = "SIZE", description = "ceiling of host memory; default: 2Gi")
    @Nullable
    String host;

    @Option(
            names = "--memory-disk",
            paramLabel = "SIZE",
            description = "scratch space for a copy of weights on disk in the model's dtype; default: none")
    @Nullable
    String disk;

    /** @throws IllegalArgumentException for what is no size */
    Memory over(Memory given) {
        return new Memory(
                or("--memory-gpu", gpu, given.gpu()),
                perGpu == null ? given.perGpu() : limits(perGpu),
                host == null ? given.host() : Size.parse("--memory-host", host),
                or("--memory-disk", disk, given.disk()));
    }

    private static @Nullable Quantity or(String option, @Nullable String size, @Nullable Quantity otherwise) {
        return size == null ? otherwise : Size.parse(option, size);
    }

    private static List<GpuLimit> limits(List<String> entries) {
        SequencedMap<Integer, GpuLimit> limits = new LinkedHashMap<>();
        for (String entry : entries) {
            GpuLimit limit = limit(entry);
            if (limits.put(limit.index(), limit) != null) {
                throw new IllegalArgumentException(
                        "--per-gpu names GPU " + limit.index() + " twice: give it one ceiling");
            }
        }
        return List.copyOf(limits.values());
    }

    private static GpuLimit limit(String entry) {
        Assignment limit = Assignment.parse("--per-gpu", entry);
        String index = limit.name().startsWith("gpu:") ? limit.name().substring("gpu:".length()) : limit.name();
        if (!index.matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException(
                    "--per-gpu " + entry + ": '" + limit.name() + "' is no index of a GPU: use one such as 0=6Gi");
        }
        return new GpuLimit(Integer.parseInt(index), Size.parse("--per-gpu " + limit.name(), limit.value()));
    }
}
