package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.HostLedger;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.StartUpReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a report can be true; one that cannot is not used, whatever else it says. */
final class Plausibility {
    private static final int MAX_DEVICES = 64;
    private static final int MAX_MODULES = 20_000;
    private static final int MAX_NAME = 512;

    private static final Map<String, Predicate<ReplicaReport>> DEMANDS = Map.of(
            "a device is nameless, has too many modules or bytes below zero", Plausibility::hasPlausibleDevices,
            "model facts are below zero, or a name too long",
                    report -> report.model() == null || isPlausible(report.model()),
            "a plan's device is nameless, or bytes are below zero",
                    report -> report.plan() == null || isPlausible(report.plan()),
            "host bytes are below zero", report -> report.host() == null || isPlausible(report.host()),
            "bytes or seconds of the load are below zero",
                    report -> report.load() == null || isPlausible(report.load()));

    private Plausibility() {}

    /** What cannot be; empty when all of it can. */
    static Optional<String> objection(ReplicaReport report) {
        Optional<String> missing = Completeness.missing(report).map(path -> path + " is needed");
        return missing.isPresent() ? missing : unmet(report);
    }

    private static Optional<String> unmet(ReplicaReport report) {
        return DEMANDS.entrySet().stream()
                .filter(demand -> !demand.getValue().test(report))
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
    }

    private static boolean hasPlausibleDevices(ReplicaReport report) {
        List<DeviceReport> devices = report.devices();
        return devices.size() <= MAX_DEVICES
                && devices.stream().allMatch(Plausibility::isPlausible)
                && devices.stream().mapToInt(device -> device.modules().size()).sum() <= MAX_MODULES;
    }

    private static boolean isPlausible(DeviceReport device) {
        return isName(device.name())
                && device.modules().stream().allMatch(module -> isName(module.name()) && module.bytes() >= 0)
                && notNegative(device.budget())
                && (device.measured() == null
                        || (notNegative(device.measured().weights())
                                && notNegative(device.measured().kvCache())
                                && notNegative(device.measured().workspace())
                                && notNegative(device.measured().context())
                                && notNegative(device.measured().process())));
    }

    private static boolean isPlausible(ReplicaReport.ModelReport model) {
        return isName(model.architecture())
                && model.parameters() >= 0
                && model.layers() >= 0
                && model.checkpointBytes() >= 0;
    }

    private static boolean isPlausible(ReplicaReport.PlanReport plan) {
        return plan.host() >= 0
                && plan.devices().size() <= MAX_DEVICES
                && plan.devices().stream().allMatch(Plausibility::isPlausible);
    }

    private static boolean isPlausible(ReplicaReport.DevicePlanReport device) {
        return isName(device.name())
                && LongStream.of(
                                device.budget(),
                                device.weights(),
                                device.kvCache(),
                                device.workspace(),
                                device.context(),
                                device.total())
                        .allMatch(bytes -> bytes >= 0);
    }

    private static boolean isPlausible(ReplicaReport.HostReport host) {
        return notNegative(host.anonymous())
                && notNegative(host.pinned())
                && notNegative(host.file())
                && notNegative(host.peak())
                && (host.ledger() == null || isPlausible(host.ledger()));
    }

    private static boolean isPlausible(ReplicaReport.LoadReport load) {
        return load.bytesTotal() >= 0
                && load.bytesDone() >= 0
                && Stream.of(load.seconds(), load.bytesPerSecond(), load.remainingSeconds(), load.startToReadySeconds())
                        .allMatch(Plausibility::notNegative)
                && (load.startUp() == null || isPlausible(load.startUp()));
    }

    private static boolean isPlausible(StartUpReport parts) {
        return Stream.of(
                        parts.jvm(),
                        parts.plan(),
                        parts.tokenizer(),
                        parts.engine(),
                        parts.devices(),
                        parts.read(),
                        parts.copy(),
                        parts.cast(),
                        parts.warmUp())
                .allMatch(Plausibility::notNegative);
    }

    /** What is left over may be below zero. */
    private static boolean isPlausible(HostLedger ledger) {
        return LongStream.of(ledger.heap(), ledger.staging(), ledger.weights(), ledger.engine())
                .allMatch(bytes -> bytes >= 0);
    }

    private static boolean isName(String name) {
        return name.length() <= MAX_NAME;
    }

    private static boolean notNegative(@Nullable Double value) {
        return value == null || (value >= 0 && Double.isFinite(value));
    }

    private static boolean notNegative(@Nullable Long bytes) {
        return bytes == null || bytes >= 0;
    }
}
