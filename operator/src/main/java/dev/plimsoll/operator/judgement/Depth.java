package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.MeasuredMemory;
import dev.plimsoll.api.report.DeviceReport.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A measured value and its budget.
 *
 * @param own whether the bytes are this process's own beyond doubt
 */
record Depth(String device, String pod, long bytes, long budget, String source, boolean own) {
    /** A budget once exceeded counts as kept again only below it by this share. */
    private static final long HYSTERESIS_PERCENT = 1;

    /** Shares that are as good as equal, so that two devices do not take turns. */
    private static final double NEAR = 0.03;

    boolean isOver(boolean wasOver) {
        return bytes > (wasOver ? budget - budget / 100 * HYSTERESIS_PERCENT : budget);
    }

    double share() {
        return (double) bytes / Math.max(1, budget);
    }

    /** The deepest; among those that are as good as equal the one with the budget that stands. */
    static Optional<Depth> worst(List<Depth> depths, @Nullable Long standingBudget) {
        double most = depths.stream().mapToDouble(Depth::share).max().orElse(0);
        List<Depth> near =
                depths.stream().filter(depth -> depth.share() >= most - NEAR).toList();
        return near.stream()
                .filter(depth -> standingBudget != null
                        && ByteSize.format(depth.budget()).equals(ByteSize.format(standingBudget)))
                .max(Comparator.comparingLong(Depth::bytes))
                .or(() -> near.stream()
                        .max(Comparator.comparingDouble(Depth::share).thenComparingLong(Depth::budget)));
    }

    /** Process bytes of each GPU of each replica of the current spec. */
    static List<Depth> gpus(Facts facts) {
        List<Depth> depths = new ArrayList<>();
        for (Sight sight : facts.current()) {
            for (DeviceReport device : PlacementSatisfied.devices(sight)) {
                MeasuredMemory measured = device.measured();
                if (WantedPlace.isGpu(device) && measured != null && measured.process() != null) {
                    depths.add(new Depth(
                            Text.line(device.name(), 32),
                            sight.name(),
                            measured.process(),
                            budget(facts, device),
                            Text.line(measured.source().value(), 32),
                            measured.source().equals(Source.NVML)
                                    || measured.source().equals(Source.Emulated)
                                    || measured.source().equals(Source.Process)));
                }
            }
        }
        return depths;
    }

    /** Highest anonymous and shared bytes of the host, of each replica of the current spec. */
    static List<Depth> hosts(Facts facts) {
        List<Depth> depths = new ArrayList<>();
        for (Sight sight : facts.current()) {
            sight.report()
                    .flatMap(report -> Optional.ofNullable(report.host()))
                    .flatMap(host -> Optional.ofNullable(host.peak()))
                    .ifPresent(peak -> depths.add(new Depth(
                            "host",
                            sight.name(),
                            peak,
                            ByteSize.bytes(facts.spec().memory().host()),
                            "Process",
                            true)));
        }
        return depths;
    }

    /** The spec's own ceiling; what the server took it to be where the spec says nothing. */
    private static long budget(Facts facts, DeviceReport device) {
        var memory = facts.spec().memory();
        return Objects.requireNonNullElse(memory.perGpu(), List.<GpuLimit>of()).stream()
                .filter(one -> device.name().equals("gpu:" + one.index()))
                .map(GpuLimit::limit)
                .findFirst()
                .or(() -> Optional.ofNullable(memory.gpu()))
                .map(ByteSize::bytes)
                .orElse(device.budget() == null ? Long.MAX_VALUE : device.budget());
    }
}
