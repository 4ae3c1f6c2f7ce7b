package dev.plimsoll.operator.status;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.MeasuredMemory;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.HostReport;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.PodStatus.DeviceStatus;
import dev.plimsoll.api.status.PodStatus.HostStatus;
import dev.plimsoll.api.status.PodStatus.LoadStatus;
import dev.plimsoll.api.status.PodStatus.Measured;
import dev.plimsoll.api.status.PodStatus.PodFailure;
import dev.plimsoll.operator.observe.Replica;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The replicas one by one: at most 32, those that are not ready and the oldest first. */
final class PodDetails {
    private static final int MAX_PODS = 32;

    private final Observation seen;

    PodDetails(Observation seen) {
        this.seen = seen;
    }

    List<PodStatus> list() {
        return seen.replicas().stream()
                .sorted(Comparator.comparing(Replica::ready)
                        .thenComparing(Replica::created)
                        .thenComparing(Replica::name))
                .limit(MAX_PODS)
                .map(this::pod)
                .toList();
    }

    private PodStatus pod(Replica replica) {
        Optional<PodStatus> standing = Optional.<ModelDeploymentStatus>ofNullable(seen.previous()).stream()
                .flatMap(status -> status.pods().stream())
                .filter(pod -> pod.uid().equals(replica.uid()))
                .findFirst();
        ReplicaReport report = replica.report();
        String since = standing.filter(pod -> pod.phase().equals(replica.phase()))
                .map(PodStatus::since)
                .orElseGet(() -> Stamp.time(seen.now()));
        return new PodStatus(
                replica.name(),
                replica.uid(),
                replica.node(),
                replica.current(),
                replica.phase(),
                since,
                report == null
                        ? null
                        : report.devices().stream()
                                .map(device -> device(device, report, standing))
                                .toList(),
                report == null || report.host() == null ? null : host(report.host(), standing),
                report == null || report.load() == null ? null : load(report.load()),
                replica.restarts() == 0 ? null : replica.restarts(),
                replica.failure() == null
                        ? null
                        : new PodFailure(
                                replica.failure().reason(), replica.failure().message()));
    }

    private static DeviceStatus device(DeviceReport device, ReplicaReport report, Optional<PodStatus> standing) {
        Optional<Measured> stood = standing.stream()
                .flatMap(pod -> Optional.ofNullable(pod.devices()).stream().flatMap(List::stream))
                .filter(other -> other.name().equals(device.name()))
                .flatMap(other -> Optional.ofNullable(other.measured()).stream())
                .findFirst();
        return new DeviceStatus(
                device.name(),
                device.kind().toString(),
                device.uuid(),
                device.product(),
                device.budget() == null ? null : ByteSize.quantity(device.budget()),
                device.measured() == null ? null : measured(device.measured(), stood),
                predictionError(device, report),
                Layers.fold(device.modules().stream().map(ModulePlacement::name).toList()));
    }

    /** Weights and KV cache are counted, not sampled: once a model is loaded they stand still by themselves. */
    private static Measured measured(MeasuredMemory bytes, Optional<Measured> stood) {
        return new Measured(
                Steady.bytes(bytes.weights(), null),
                Steady.bytes(bytes.kvCache(), null),
                Steady.bytes(bytes.workspace(), stood.map(Measured::workspace).orElse(null)),
                Steady.bytes(bytes.context(), stood.map(Measured::context).orElse(null)),
                Steady.bytes(
                        bytes.unaccounted(), stood.map(Measured::unaccounted).orElse(null)),
                Steady.bytes(bytes.process(), stood.map(Measured::process).orElse(null)),
                bytes.source().toString());
    }

    private static @Nullable String predictionError(DeviceReport device, ReplicaReport report) {
        if (report.plan() == null
                || device.measured() == null
                || device.measured().process() == null) {
            return null;
        }
        long measured = device.measured().process();
        return report.plan().devices().stream()
                .filter(planned -> planned.name().equals(device.name()) && planned.total() > 0)
                .findFirst()
                .map(planned ->
                        String.format(Locale.ROOT, "%+.1f%%", 100.0 * (measured - planned.total()) / planned.total()))
                .orElse(null);
    }

    private static HostStatus host(HostReport host, Optional<PodStatus> standing) {
        Optional<HostStatus> stood = standing.flatMap(pod -> Optional.ofNullable(pod.host()));
        Quantity budget = host.budget() == null ? null : ByteSize.quantity(host.budget());
        return new HostStatus(
                budget,
                Steady.bytes(host.anonymous(), stood.map(HostStatus::anonymous).orElse(null)),
                Steady.bytes(host.pinned(), stood.map(HostStatus::pinned).orElse(null)),
                Steady.bytes(host.peak(), stood.map(HostStatus::peak).orElse(null)));
    }

    /** While a load runs only its totals are told: progress is for metrics and the report. */
    private static LoadStatus load(LoadReport load) {
        boolean done = load.bytesDone() >= load.bytesTotal() && load.bytesTotal() > 0;
        Double rate = load.bytesPerSecond();
        Double ready = load.startToReadySeconds();
        return new LoadStatus(
                load.source(),
                load.bytesTotal(),
                null,
                null,
                done ? String.format(Locale.ROOT, "%.2f", load.seconds()) : null,
                done && rate != null ? ByteSize.format(rate.longValue()) + "/s" : null,
                ready == null ? null : String.format(Locale.ROOT, "%.1fs", ready));
    }
}
