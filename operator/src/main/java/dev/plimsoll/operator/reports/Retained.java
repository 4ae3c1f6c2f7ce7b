package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.report.ReplicaReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reports that are kept, of all pods together, within a bound of heap. Lists of modules that are equal are kept
 * once: the replicas of a deployment place theirs alike.
 */
final class Retained {
    private static final long OBJECT = 64;

    private final long limit;
    private final Map<List<ModulePlacement>, Shared> lists = new HashMap<>();
    private long bytes;

    private static final class Shared {
        private final List<ModulePlacement> list;
        private int reports;

        private Shared(List<ModulePlacement> list) {
            this.list = list;
        }
    }

    /** Keeps reports of about {@code limit} bytes. */
    Retained(long limit) {
        this.limit = limit;
    }

    long limit() {
        return limit;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Keeps a report in the place of another; empty, and the other stays kept, when there is no room for it. */
    synchronized Optional<ReplicaReport> replace(@Nullable ReplicaReport before, ReplicaReport with) {
        if (before != null) {
            release(before);
        }
        ReplicaReport kept = acquire(with);
        if (bytes <= limit) {
            return Optional.of(kept);
        }
        release(kept);
        if (before != null) {
            acquire(before);
        }
        return Optional.empty();
    }

    private ReplicaReport acquire(ReplicaReport report) {
        ReplicaReport kept = Condensed.of(report, this::acquire);
        bytes += weight(kept);
        return kept;
    }

    synchronized void release(ReplicaReport report) {
        bytes -= weight(report);
        report.devices().stream().map(DeviceReport::modules).forEach(this::release);
    }

    private List<ModulePlacement> acquire(List<ModulePlacement> modules) {
        Shared shared = lists.get(modules);
        if (shared == null) {
            shared = new Shared(modules);
            lists.put(modules, shared);
            bytes += weight(modules);
        }
        shared.reports++;
        return shared.list;
    }

    private void release(List<ModulePlacement> modules) {
        Shared shared = lists.get(modules);
        if (shared != null && --shared.reports == 0) {
            lists.remove(modules);
            bytes -= weight(modules);
        }
    }

    private static long weight(List<ModulePlacement> modules) {
        return modules.stream()
                .mapToLong(module -> OBJECT + 2L * module.name().length())
                .sum();
    }

    /** About the bytes of a report without its lists of modules. */
    private static long weight(ReplicaReport report) {
        return (16 + 8L * report.devices().size()) * OBJECT
                + (report.failure() == null
                        ? 0
                        : 2L * report.failure().message().length());
    }
}
