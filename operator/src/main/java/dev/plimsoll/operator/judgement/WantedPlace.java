package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ModulePlacement;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.report.DeviceReport;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Where a placement wants modules, and why one that is elsewhere is not where it should be. */
final class WantedPlace {
    private final Placement placement;

    WantedPlace(Placement placement) {
        this.placement = placement;
    }

    /** What is wrong with a module being on a device, as the end of a sentence; empty when nothing is. */
    Optional<String> objection(DeviceReport.ModulePlacement module, DeviceReport device) {
        return switch (placement.policy().value()) {
            case "HostOnly" -> unless(device.kind().equals(DeviceReport.Kind.Host), "the policy is HostOnly");
            case "Custom" -> module.tiedTo() == null ? mapped(module.name(), device) : Optional.empty();
            case "GpuOnly" -> unless(isGpu(device), "the policy is GpuOnly");
            default ->
                unless(mayHold(device), "the policy is " + placement.policy() + " with offload " + placement.tiers());
        };
    }

    private boolean mayHold(DeviceReport device) {
        return isGpu(device)
                || (device.kind().equals(DeviceReport.Kind.Host)
                        && placement.tiers().contains(OffloadTier.Host))
                || (device.kind().equals(DeviceReport.Kind.Disk)
                        && placement.tiers().contains(OffloadTier.Disk));
    }

    private Optional<String> mapped(String module, DeviceReport device) {
        Optional<ModulePlacement> line =
                Objects.requireNonNullElse(placement.map(), List.<ModulePlacement>of()).stream()
                        .filter(candidate -> matches(candidate.module(), module))
                        .max(Comparator.comparingInt(
                                candidate -> candidate.module().length()));
        return line.isEmpty()
                ? Optional.of("no line of placement.map names it")
                : unless(
                        line.get().device().equals(device.name()),
                        "placement.map says " + line.get().device()
                                + (line.get().module().isEmpty()
                                        ? ""
                                        : " for " + line.get().module()));
    }

    private static boolean matches(String prefix, String module) {
        return prefix.isEmpty() || module.equals(prefix) || module.startsWith(prefix + ".");
    }

    static boolean isGpu(DeviceReport device) {
        return device.kind().equals(DeviceReport.Kind.Cuda) || device.kind().equals(DeviceReport.Kind.Emulated);
    }

    private static Optional<String> unless(boolean fine, String objection) {
        return fine ? Optional.empty() : Optional.of(objection);
    }
}
