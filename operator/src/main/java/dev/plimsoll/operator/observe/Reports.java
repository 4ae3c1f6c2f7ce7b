package dev.plimsoll.operator.observe;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.HostLedger;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.StartUpReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What pods say, checked before it is used: a pod may say anything. */
final class Reports {
    static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEVICES = 64;
    private static final int MAX_MODULES = 20_000;

    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactoryBuilder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxStringLength(16 << 10)
                            .maxNumberLength(40)
                            .build())
                    .build())
            .registerModule(new JavaTimeModule());

    private Reports() {}

    /** A report of the pod with this UID; empty when it is none, another pod's, or absurd. */
    static Optional<ReplicaReport> parse(byte[] json, String podUid) {
        try {
            ReplicaReport report = JSON.readValue(json, ReplicaReport.class);
            return report != null && podUid.equals(report.podUid()) && isPlausible(report)
                    ? Optional.of(report)
                    : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** The failure that a container left as its termination message. */
    static Optional<Failure> failure(@Nullable String terminationMessage) {
        if (terminationMessage == null || !terminationMessage.startsWith("{")) {
            return Optional.empty();
        }
        try {
            Failure failure = JSON.readValue(terminationMessage.getBytes(StandardCharsets.UTF_8), Failure.class);
            return failure.reason() == null || failure.message() == null ? Optional.empty() : Optional.of(failure);
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("NullAway")
    private static boolean isPlausible(ReplicaReport report) {
        List<DeviceReport> devices = report.devices();
        return report.phase() != null
                && report.startedAt() != null
                && report.observedAt() != null
                && devices != null
                && devices.size() <= MAX_DEVICES
                && devices.stream().allMatch(Reports::isPlausible)
                && (report.model() == null || isPlausible(report.model()))
                && (report.plan() == null || isPlausible(report.plan()))
                && (report.host() == null || isPlausible(report.host()))
                && (report.load() == null || isPlausible(report.load()))
                && (report.failure() == null || report.failure().reason() != null);
    }

    @SuppressWarnings("NullAway")
    private static boolean isPlausible(DeviceReport device) {
        return device.name() != null
                && device.kind() != null
                && device.modules() != null
                && device.modules().size() <= MAX_MODULES
                && device.modules().stream().allMatch(module -> module.name() != null && module.bytes() >= 0)
                && notNegative(device.budget())
                && (device.measured() == null
                        || (device.measured().source() != null
                                && notNegative(device.measured().weights())
                                && notNegative(device.measured().kvCache())
                                && notNegative(device.measured().workspace())
                                && notNegative(device.measured().context())
                                && notNegative(device.measured().process())));
    }

    @SuppressWarnings("NullAway")
    private static boolean isPlausible(ReplicaReport.ModelReport model) {
        return model.architecture() != null
                && model.dtype() != null
                && model.checkpointDtype() != null
                && model.parameters() >= 0
                && model.layers() >= 0
                && model.checkpointBytes() >= 0;
    }

    @SuppressWarnings("NullAway")
    private static boolean isPlausible(ReplicaReport.PlanReport plan) {
        return plan.host() >= 0
                && plan.devices() != null
                && plan.devices().size() <= MAX_DEVICES
                && plan.devices().stream().allMatch(Reports::isPlausible);
    }

    private static boolean isPlausible(ReplicaReport.DevicePlanReport device) {
        return Objects.nonNull(device.name())
                && (device.modules() == null
                        || (device.modules().size() <= MAX_MODULES
                                && device.modules().stream().allMatch(Objects::nonNull)))
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
                        .allMatch(Reports::notNegative)
                && (load.startUp() == null || isPlausible(load.startUp()));
    }

    private static boolean isPlausible(StartUpReport parts) {
        return Stream.of(
                        parts.jvm(),
                        parts.plan(),
                        parts.engine(),
                        parts.devices(),
                        parts.read(),
                        parts.copy(),
                        parts.cast(),
                        parts.warmUp())
                .allMatch(Reports::notNegative);
    }

    private static boolean notNegative(@Nullable Double value) {
        return value == null || (value >= 0 && Double.isFinite(value));
    }

    /** What is left over may be below zero. */
    private static boolean isPlausible(HostLedger ledger) {
        return LongStream.of(ledger.heap(), ledger.staging(), ledger.weights(), ledger.engine())
                .allMatch(bytes -> bytes >= 0);
    }

    private static boolean notNegative(@Nullable Long bytes) {
        return bytes == null || bytes >= 0;
    }
}
