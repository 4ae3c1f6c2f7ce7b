package dev.plimsoll.operator.status;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether every module is where the policy wants it, in every replica of the current spec. */
final class PlacementSatisfied {
    private PlacementSatisfied() {}

    static Finding of(Observation seen) {
        if (seen.isSilent()) {
            return Finding.unknown(Reason.ReportStale, "a replica does not report where its modules are");
        }
        List<Replica> reported =
                seen.current().stream().filter(PlacementSatisfied::reports).toList();
        WantedPlace wanted = new WantedPlace(seen.spec().placement());
        Optional<String> misplaced = reported.stream()
                .flatMap(replica -> misplaced(replica, wanted).or(() -> unplanned(replica)).stream())
                .findFirst();
        if (misplaced.isPresent()) {
            return Finding.no(Reason.Misplaced, misplaced.get());
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

    private static Optional<String> misplaced(Replica replica, WantedPlace wanted) {
        return devices(replica).stream()
                .flatMap(device -> device.modules().stream().flatMap(module -> wanted.objection(module, device).stream()
                        .map(objection -> isOn(module.name(), device.name(), replica) + ", " + objection)))
                .findFirst();
    }

    /** Once all of it is loaded, every module is where the replica's own plan put it. */
    private static Optional<String> unplanned(Replica replica) {
        if (!replica.isLoaded() || replica.report() == null || replica.report().plan() == null) {
            return Optional.empty();
        }
        Map<String, String> actual = new LinkedHashMap<>();
        devices(replica)
                .forEach(device -> device.modules().forEach(module -> actual.put(module.name(), device.name())));
        return replica.report().plan().devices().stream()
                .flatMap(device -> Optional.ofNullable(device.modules()).stream()
                        .flatMap(List::stream)
                        .filter(module -> !device.name().equals(actual.get(module)))
                        .map(module -> isOn(module, actual.getOrDefault(module, "no device"), replica)
                                + ", the plan says " + device.name()))
                .findFirst();
    }

    private static String isOn(String module, String device, Replica replica) {
        return module + " is on " + device + " in pod " + replica.name();
    }

    private static boolean reports(Replica replica) {
        return devices(replica).stream().anyMatch(device -> !device.modules().isEmpty());
    }

    static List<DeviceReport> devices(Replica replica) {
        return replica.report() == null ? List.of() : replica.report().devices();
    }
}
