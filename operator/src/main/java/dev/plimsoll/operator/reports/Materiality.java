package dev.plimsoll.operator.reports;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.ReplicaReport;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a report says something new to a person: not a time, not a byte more or less. */
final class Materiality {
    private Materiality() {}

    static boolean differs(ReplicaReport before, ReplicaReport after) {
        return !essence(before).equals(essence(after));
    }

    private static List<Object> essence(ReplicaReport report) {
        ReplicaReport.LoadReport load = report.load();
        ReplicaReport.HostReport host = report.host();
        return Arrays.asList(
                report.phase(),
                report.startedAt(),
                String.valueOf(report.model()),
                String.valueOf(report.plan()),
                report.devices(),
                host == null ? "" : rounded(host.peak()),
                load == null ? 0 : load.bytesDone() * 20 / Math.max(1, load.bytesTotal()),
                String.valueOf(report.failure()));
    }

    private static String rounded(@Nullable Long bytes) {
        return bytes == null ? "" : ByteSize.format(bytes / (32 << 20) * (32 << 20));
    }
}
