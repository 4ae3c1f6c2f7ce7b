package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.HostLedger;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.HostReport;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.loading.Progress;
import dev.plimsoll.server.memory.HostMemory;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.execution.ModelTensors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a server says about itself: where its tensors really are and what was measured. */
public final class Reporter {
    private final ModelServer server;
    private final AtomicLong hostPeak = new AtomicLong();

    public Reporter(ModelServer server) {
        this.server = server;
    }

    /** Takes note of host memory now, so that peaks between reports are not missed. */
    public void sample() {
        HostMemory.read().ifPresent(now -> hostPeak.accumulateAndGet(now.promised(), Math::max));
    }

    public ReplicaReport report() {
        sample();
        return new ReplicaReport(
                server.settings().podUid(),
                server.phase(),
                ProcessClock.started(),
                Instant.now(),
                model(),
                plan(),
                devices(),
                host(),
                load(),
                server.load().engine(),
                server.failure());
    }

    private ModelReport model() {
        PlannedModel planned = server.planned();
        return PlanReports.model(
                planned.checkpoint(),
                planned.facts(),
                planned.plan().dtype(),
                planned.settings().servedName());
    }

    private PlanReport plan() {
        PlacementPlan plan = server.plan();
        return PlanReports.plan(plan, device -> modules(plan, device));
    }

    private static List<String> modules(PlacementPlan plan, DeviceId device) {
        return plan.modules().entrySet().stream()
                .filter(module -> module.getValue().device().equals(device))
                .map(Map.Entry::getKey)
                .toList();
    }

    private List<DeviceReport> devices() {
        ModelTensors tensors = server.load().tensors();
        Map<DeviceId, List<DeviceReport.ModulePlacement>> placed = tensors == null ? Map.of() : tensors.placements();
        List<DeviceReport> reports = new ArrayList<>();
        for (PlacementPlan.DevicePlan planned : server.plan().devices()) {
            Device device = server.load().devices().get(planned.id());
            if (planned.id().equals(DeviceId.DISK) && placed.containsKey(DeviceId.DISK)) {
                reports.add(onDisk(placed.getOrDefault(DeviceId.DISK, List.of())));
            } else if (device != null) {
                reports.add(new DeviceReport(
                        device.id().toString(),
                        device.kind(),
                        device.uuid(),
                        device.product(),
                        planned.budgetBytes(),
                        measured(device.usage()),
                        placed.getOrDefault(device.id(), List.of())));
            }
        }
        return reports;
    }

    /** Nothing is measured: the files are the checkpoint's. */
    private static DeviceReport onDisk(List<DeviceReport.ModulePlacement> modules) {
        return new DeviceReport(DeviceId.DISK.toString(), DeviceReport.Kind.Disk, null, null, null, null, modules);
    }

    private static DeviceReport.MeasuredMemory measured(DeviceUsage usage) {
        return new DeviceReport.MeasuredMemory(
                orAbsent(usage.weights()),
                orAbsent(usage.kvCache()),
                orAbsent(usage.workspace()),
                orAbsent(usage.context()),
                orAbsent(usage.unaccounted()),
                orAbsent(usage.process()),
                usage.source());
    }

    private HostReport host() {
        Optional<HostMemory> now = HostMemory.read();
        return new HostReport(
                server.plan().host().budgetBytes(),
                now.map(HostMemory::anonymous).orElse(null),
                now.map(HostMemory::shared).orElse(null),
                now.map(HostMemory::file).orElse(null),
                now.map(memory -> hostPeak.get()).orElse(null),
                now.map(this::ledger).orElse(null));
    }

    private @Nullable HostLedger ledger(HostMemory now) {
        Long engine = server.load().engineBytes();
        return engine == null
                ? null
                : HostLedger.of(
                        now.promised(),
                        HostMemory.heap(),
                        server.load().stagingBytes(),
                        server.load().hostTensorBytes(),
                        engine);
    }

    private @Nullable LoadReport load() {
        Progress progress = server.load().progress();
        return progress == null
                ? null
                : new LoadReport(
                        server.settings().source(),
                        progress.bytesTotal(),
                        progress.bytesDone(),
                        progress.seconds(),
                        progress.nanos() == 0 ? null : progress.bytesPerSecond(),
                        progress.remainingSeconds().isPresent()
                                ? progress.remainingSeconds().getAsDouble()
                                : null,
                        server.startToReadySeconds(),
                        server.startUp().report());
    }

    private static @Nullable Long orAbsent(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
