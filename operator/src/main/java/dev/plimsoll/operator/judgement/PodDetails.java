package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.MeasuredMemory;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.HostReport;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.PodStatus.DeviceStatus;
import dev.plimsoll.api.status.PodStatus.HostStatus;
import dev.plimsoll.api.status.PodStatus.LoadStatus;
import dev.plimsoll.api.status.PodStatus.Measured;
import dev.plimsoll.api.status.PodStatus.PodFailure;
import dev.plimsoll.operator.replicas.LeavingPod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pods one by one: at most 32, those that need attention first, then the oldest. */
final class PodDetails {
    static final int MOST = 32;

    /** A pod that is being deleted; no server reports it. */
    static final Phase TERMINATING = new Phase("Terminating");

    private static final int MOST_DEVICES = 18;
    private static final int MOST_MODULES = 32;
    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_MESSAGE = 512;

    private final Facts facts;

    PodDetails(Facts facts) {
        this.facts = facts;
    }

    List<PodStatus> list() {
        Stream<PodStatus> active = facts.all().stream()
                .sorted(Comparator.comparing((Sight sight) -> sight.isServing()))
                .map(this::pod);
        Stream<PodStatus> leaving = facts.evidence().replicas().leaving().stream()
                .sorted(Comparator.comparing(LeavingPod::name).thenComparing(LeavingPod::uid))
                .map(this::leaving);
        return Stream.concat(active, leaving).limit(MOST).toList();
    }

    int count() {
        return facts.all().size() + facts.evidence().replicas().leaving().size();
    }

    /** Whether replicas load and none has come to another twentieth since the status was written. */
    static boolean isBetweenSteps(Facts facts) {
        List<Sight> loading = facts.current().stream()
                .filter(sight -> sight.phase().equals(Phase.Loading))
                .toList();
        return !loading.isEmpty() && loading.stream().allMatch(sight -> isBetweenSteps(sight, facts.standing()));
    }

    private static boolean isBetweenSteps(Sight sight, Standing standing) {
        Optional<Integer> stood = standing.pod(sight.replica().uid())
                .filter(pod -> pod.phase().equals(Phase.Loading))
                .flatMap(pod -> Optional.ofNullable(pod.load()))
                .flatMap(load -> Optional.ofNullable(load.percent()));
        return sight.phase().equals(Phase.Loading)
                && ModelLoaded.load(sight).map(LoadProgress::percent).equals(stood);
    }

    private PodStatus leaving(LeavingPod pod) {
        return new PodStatus(
                pod.name(),
                pod.uid(),
                pod.node(),
                pod.current(),
                TERMINATING,
                Stamp.time(facts.leavingSince(pod)),
                null,
                null,
                null,
                null,
                null);
    }

    private PodStatus pod(Sight sight) {
        Optional<PodStatus> standing = facts.standing().pod(sight.replica().uid());
        boolean stands = isBetweenSteps(sight, facts.standing()) && standing.isPresent();
        ReplicaReport report = sight.report().orElse(null);
        return new PodStatus(
                sight.name(),
                sight.replica().uid(),
                sight.replica().node(),
                sight.replica().current(),
                new Phase(Text.line(sight.phase().value(), LONGEST_NAME)),
                Stamp.time(sight.since()),
                stands ? standing.get().devices() : report == null ? null : devices(report, standing),
                stands
                        ? standing.get().host()
                        : report == null || report.host() == null ? null : host(report.host(), standing),
                stands
                        ? standing.get().load()
                        : report == null || report.load() == null ? null : load(report.load(), standing),
                sight.replica().restarts() == 0 ? null : sight.replica().restarts(),
                sight.failure() == null
                        ? null
                        : new PodFailure(
                                sight.failure().reason(),
                                Text.line(sight.failure().message(), LONGEST_MESSAGE)));
    }

    private static List<DeviceStatus> devices(ReplicaReport report, Optional<PodStatus> standing) {
        return report.devices().stream()
                .limit(MOST_DEVICES)
                .map(device -> device(device, report, standing))
                .toList();
    }

    private static DeviceStatus device(DeviceReport device, ReplicaReport report, Optional<PodStatus> standing) {
        String name = Text.line(device.name(), LONGEST_NAME);
        Optional<Measured> stood = standing.stream()
                .flatMap(pod -> Objects.requireNonNullElse(pod.devices(), List.<DeviceStatus>of()).stream())
                .filter(other -> other.name().equals(name))
                .flatMap(other -> Optional.ofNullable(other.measured()).stream())
                .findFirst();
        Measured measured = device.measured() == null ? null : measured(device.measured(), stood);
        return new DeviceStatus(
                name,
                Text.line(device.kind().value(), LONGEST_NAME),
                line(device.uuid()),
                line(device.product()),
                device.budget() == null ? null : ByteSize.quantity(device.budget()),
                measured,
                predictionError(device, report, measured),
                Layers.fold(device.modules().stream().map(ModulePlacement::name).toList(), MOST_MODULES));
    }

    private static @Nullable String line(@Nullable String text) {
        return text == null ? null : Text.line(text, LONGEST_NAME);
    }

    private static Measured measured(MeasuredMemory bytes, Optional<Measured> stood) {
        return new Measured(
                Steady.bytes(bytes.weights(), stood.map(Measured::weights).orElse(null)),
                Steady.bytes(bytes.kvCache(), stood.map(Measured::kvCache).orElse(null)),
                Steady.bytes(bytes.workspace(), stood.map(Measured::workspace).orElse(null)),
                Steady.bytes(bytes.context(), stood.map(Measured::context).orElse(null)),
                Steady.bytes(
                        bytes.unaccounted(), stood.map(Measured::unaccounted).orElse(null)),
                Steady.bytes(bytes.process(), stood.map(Measured::process).orElse(null)),
                Text.line(bytes.source().value(), LONGEST_NAME));
    }

    /** Of the bytes that are shown, so that it moves only when they do. */
    private static @Nullable String predictionError(
            DeviceReport device, ReplicaReport report, @Nullable Measured measured) {
        Quantity process = measured == null ? null : measured.process();
        if (report.plan() == null || process == null) {
            return null;
        }
        long bytes = Steady.value(process);
        return report.plan().devices().stream()
                .filter(planned -> planned.name().equals(device.name()) && planned.total() > 0)
                .findFirst()
                .map(planned ->
                        String.format(Locale.ROOT, "%+.1f%%", 100.0 * (bytes - planned.total()) / planned.total()))
                .orElse(null);
    }

    private static HostStatus host(HostReport host, Optional<PodStatus> standing) {
        Optional<HostStatus> stood = standing.flatMap(pod -> Optional.ofNullable(pod.host()));
        return new HostStatus(
                host.budget() == null ? null : ByteSize.quantity(host.budget()),
                Steady.bytes(host.anonymous(), stood.map(HostStatus::anonymous).orElse(null)),
                Steady.bytes(host.pinned(), stood.map(HostStatus::pinned).orElse(null)),
                Steady.bytes(host.peak(), stood.map(HostStatus::peak).orElse(null)));
    }

    private LoadStatus load(LoadReport load, Optional<PodStatus> standing) {
        boolean done = LoadProgress.isDone(load);
        Double rate = load.bytesPerSecond();
        Double ready = load.startToReadySeconds();
        int percent = LoadProgress.percent(load);
        String since = standing.flatMap(pod -> Optional.ofNullable(pod.load()))
                .filter(stood -> Objects.equals(stood.percent(), percent))
                .map(LoadStatus::percentSince)
                .orElseGet(() -> Stamp.time(facts.now()));
        return new LoadStatus(
                Text.line(load.source(), LONGEST_MESSAGE),
                load.bytesTotal(),
                done ? null : percent,
                done ? null : since,
                done ? String.format(Locale.ROOT, "%.2f", load.seconds()) : null,
                done && rate != null ? ByteSize.format(rate.longValue()) + "/s" : null,
                ready == null ? null : String.format(Locale.ROOT, "%.1fs", ready));
    }
}
