package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Whether every module is where the policy wants it, in every replica of the current spec. */
final class PlacementSatisfied {
    private PlacementSatisfied() {}

    static Finding of(Facts facts) {
        WantedPlace wanted = new WantedPlace(facts.spec().placement());
        Optional<String> misplaced = facts.current().stream()
                .flatMap(sight -> misplaced(sight, wanted).or(() -> unplanned(sight)).stream())
                .findFirst();
        if (misplaced.isPresent()) {
            return Finding.no(Reason.Misplaced, misplaced.get());
        }
        Optional<Sight> silent = facts.first(Sight::isSilent);
        if (silent.isPresent()) {
            return Silence.of(silent.get());
        }
        List<Sight> reported = facts.current().stream()
                .filter(sight -> sight.isLoaded() && reports(sight))
                .toList();
        if (reported.isEmpty() || reported.size() < Math.min(facts.wanted(), facts.count(Sight::isLoaded))) {
            return Finding.unknown(
                    Reason.NotReported,
                    reported.size() + " of " + facts.wanted() + " replicas have reported where their modules are");
        }
        return unknownKind(reported)
                .map(words -> Finding.unknown(Reason.UnknownValue, words))
                .orElseGet(() -> Finding.yes(Reason.PlacedAsSpecified, describe(facts, reported)));
    }

    /** Replicas may have placed the model each in its own way: each way is told once. */
    private static String describe(Facts facts, List<Sight> reported) {
        List<String> ways = reported.stream()
                .map(sight -> Layers.describe(devices(sight), false))
                .distinct()
                .sorted()
                .limit(3)
                .toList();
        return facts.spec().placement().policy() + ": "
                + (ways.size() == 1
                        ? ways.getFirst() + (reported.size() > 1 ? " in each replica" : "")
                        : String.join("; or ", ways) + ", each replica in its own way");
    }

    private static Optional<String> unknownKind(List<Sight> reported) {
        return reported.stream()
                .flatMap(sight -> devices(sight).stream()
                        .filter(device -> !device.kind().isKnown())
                        .map(device -> "pod " + sight.name() + " reports " + Text.line(device.name(), 32)
                                + " as a device of kind "
                                + Text.line(device.kind().value(), 32)
                                + ", which this operator does not know"))
                .findFirst();
    }

    private static Optional<String> misplaced(Sight sight, WantedPlace wanted) {
        return devices(sight).stream()
                .filter(device -> device.kind().isKnown())
                .flatMap(device -> device.modules().stream().flatMap(module -> wanted.objection(module, device).stream()
                        .map(objection -> isOn(module.name(), device.name(), sight) + ", " + objection)))
                .findFirst();
    }

    /** Once all of it is loaded, every module is where the replica's own plan put it. */
    private static Optional<String> unplanned(Sight sight) {
        return sight.report()
                .filter(report -> sight.isLoaded() && reports(sight))
                .flatMap(report -> Optional.ofNullable(report.plan()))
                .flatMap(plan -> {
                    Map<String, String> actual = new LinkedHashMap<>();
                    devices(sight).forEach(device -> device.modules()
                            .forEach(module -> actual.put(module.name(), device.name())));
                    return plan.devices().stream()
                            .flatMap(device -> Objects.requireNonNullElse(device.modules(), List.<String>of()).stream()
                                    .filter(module -> !device.name().equals(actual.get(module)))
                                    .map(module -> isOn(module, actual.getOrDefault(module, "no device"), sight)
                                            + ", the plan says " + Text.line(device.name(), 32)))
                            .findFirst();
                });
    }

    private static String isOn(String module, String device, Sight sight) {
        return Text.line(module, 128) + " is on " + Text.line(device, 32) + " in pod " + sight.name();
    }

    static boolean reports(Sight sight) {
        return devices(sight).stream().anyMatch(device -> !device.modules().isEmpty());
    }

    static List<DeviceReport> devices(Sight sight) {
        return sight.report().map(ReplicaReport::devices).orElse(List.of());
    }
}
