package dev.plimsoll.operator.status;

import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;
import java.util.List;

/** Whether every module is where the policy wants it, in every replica of the current spec. */
final class PlacementSatisfied {
    private PlacementSatisfied() {}

    static Finding of(Observation seen) {
        if (seen.isSilent()) {
            return Finding.unknown(Reason.ReportStale, "a replica does not report where its modules are");
        }
        List<Replica> reported =
                seen.current().stream().filter(PlacementSatisfied::reports).toList();
        for (Replica replica : reported) {
            for (DeviceReport device : devices(replica)) {
                if (!device.modules().isEmpty() && !allows(seen.spec().placement(), device)) {
                    ModulePlacement first = device.modules().getFirst();
                    return Finding.no(
                            Reason.Misplaced,
                            first.name() + " is on " + device.name() + " in pod " + replica.name() + ", the policy is "
                                    + seen.spec().placement().policy());
                }
            }
        }
        if (reported.size() < seen.wanted() || reported.isEmpty()) {
            return Finding.unknown(
                    Reason.NotReported,
                    reported.size() + " of " + seen.wanted() + " replicas have reported where their modules are");
        }
        return Finding.yes(
                Reason.PlacedAsSpecified,
                seen.spec().placement().policy() + ": " + Layers.describe(devices(reported.getFirst()), false)
                        + (reported.size() > 1 ? " in " + reported.size() + " replicas" : ""));
    }

    private static boolean allows(Placement placement, DeviceReport device) {
        return switch (placement.policy()) {
            case HostOnly -> device.kind() == DeviceReport.Kind.Host;
            case Custom -> true;
            case GpuOnly, Auto, Balanced, BalancedLow0, Sequential ->
                switch (device.kind()) {
                    case Cuda, Emulated -> true;
                    case Host -> placement.tiers().contains(OffloadTier.Host);
                    case Disk -> placement.tiers().contains(OffloadTier.Disk);
                };
        };
    }

    private static boolean reports(Replica replica) {
        return devices(replica).stream().anyMatch(device -> !device.modules().isEmpty());
    }

    static List<DeviceReport> devices(Replica replica) {
        return replica.report() == null ? List.of() : replica.report().devices();
    }
}
