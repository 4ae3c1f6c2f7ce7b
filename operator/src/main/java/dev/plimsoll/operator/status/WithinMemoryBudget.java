package dev.plimsoll.operator.status;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.MeasuredMemory;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Whether what was measured is within what may be used. */
final class WithinMemoryBudget {
    private WithinMemoryBudget() {}

    /** A measured value and its budget. */
    record Depth(String device, String replica, long bytes, long budget, String source) {
        boolean isOver() {
            return bytes > budget;
        }

        double share() {
            return (double) bytes / Math.max(1, budget);
        }

        String describe() {
            return ByteSize.format(bytes) + " of " + ByteSize.format(budget) + " on " + device + " (" + source + ")";
        }
    }

    static Finding of(Observation seen) {
        var killed = seen.failure().filter(failure -> failure.reason().equals(Reason.HostOutOfMemory));
        if (killed.isPresent()) {
            return Finding.no(Reason.HostOutOfMemory, killed.get().message());
        }
        List<Depth> depths = new ArrayList<>(hosts(seen));
        depths.addAll(gpus(seen));
        Optional<Depth> over = depths.stream().filter(Depth::isOver).max(Comparator.comparingDouble(Depth::share));
        if (over.isPresent()) {
            return Finding.no(
                    Reason.OverBudget,
                    "pod " + over.get().replica() + " takes " + over.get().describe() + ": raise the budget, or lower"
                            + " serving.maxSequences or serving.maxSequenceTokens");
        }
        if (seen.isSilent()) {
            return Finding.unknown(Reason.ReportStale, "a replica does not report what it takes");
        }
        long reported = seen.count(Replica::isLoaded);
        if (reported < seen.wanted() || depths.isEmpty()) {
            return Finding.unknown(
                    Reason.NotReported, reported + " of " + seen.wanted() + " replicas have reported what they take");
        }
        String gpu = worst(gpus(seen))
                .map(depth -> "worst GPU " + depth.describe() + ", ")
                .orElse("");
        String host = worst(hosts(seen))
                .map(depth -> "worst host peak " + depth.describe())
                .orElse("host not measured");
        return Finding.yes(Reason.Measured, gpu + host);
    }

    static Optional<Depth> worst(List<Depth> depths) {
        return depths.stream().max(Comparator.comparingDouble(Depth::share));
    }

    /** Measured process bytes of each GPU of each replica of the current spec. */
    static List<Depth> gpus(Observation seen) {
        List<Depth> depths = new ArrayList<>();
        for (Replica replica : seen.current()) {
            for (DeviceReport device : PlacementSatisfied.devices(replica)) {
                MeasuredMemory measured = device.measured();
                if (WantedPlace.isGpu(device) && measured != null && measured.process() != null) {
                    depths.add(new Depth(
                            device.name(),
                            replica.name(),
                            measured.process(),
                            budget(seen, device),
                            measured.source().toString()));
                }
            }
        }
        return depths;
    }

    /** Highest anonymous and shared bytes of the host, of each replica of the current spec. */
    static List<Depth> hosts(Observation seen) {
        List<Depth> depths = new ArrayList<>();
        for (Replica replica : seen.current()) {
            var report = replica.report();
            if (report != null && report.host() != null && report.host().peak() != null) {
                depths.add(new Depth(
                        "host",
                        replica.name(),
                        report.host().peak(),
                        ByteSize.bytes(seen.spec().memory().host()),
                        "Process"));
            }
        }
        return depths;
    }

    /** The spec's own ceiling; what the server took it to be where the spec says nothing. */
    private static long budget(Observation seen, DeviceReport device) {
        Memory memory = seen.spec().memory();
        return Objects.requireNonNullElse(memory.perGpu(), List.<GpuLimit>of()).stream()
                .filter(one -> device.name().equals("gpu:" + one.index()))
                .map(GpuLimit::limit)
                .findFirst()
                .or(() -> Optional.ofNullable(memory.gpu()))
                .map(ByteSize::bytes)
                .orElse(device.budget() == null ? Long.MAX_VALUE : device.budget());
    }
}
