package dev.plimsoll.server.cli;

import dev.plimsoll.api.ModulePlacement;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.device.DeviceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code spec.placement} as flags. */
final class PlacementOptions {
    @Option(
            names = "--policy",
            completionCandidates = Words.Policies.class,
            converter = Words.Policies.class,
            description = "${COMPLETION-CANDIDATES}; default: GpuOnly")
    @Nullable
    PlacementPolicy policy;

    @Option(
            names = "--offload",
            paramLabel = "TIER",
            split = ",",
            completionCandidates = Words.Tiers.class,
            converter = Words.Tiers.class,
            description = "${COMPLETION-CANDIDATES}: where Auto, Balanced, BalancedLow0 and Sequential may put what the"
                    + " GPUs have no room for, in this order; default: Host")
    @Nullable
    List<OffloadTier> offload;

    @Option(
            names = "--map",
            paramLabel = "MODULE=DEVICE",
            split = ",",
            description = "Custom: devices by module, the longest name wins; =DEVICE is for every module")
    @Nullable
    List<String> map;

    /** @throws IllegalArgumentException when flags contradict each other */
    Placement over(Placement given) {
        PlacementPolicy chosen = policy == null ? given.policy() : policy;
        boolean same = chosen.equals(given.policy());
        List<ModulePlacement> modules = map == null ? (same ? given.map() : null) : modules(map);
        List<OffloadTier> tiers = offload == null ? (same ? given.offload() : null) : offload;
        if (modules != null && !chosen.equals(PlacementPolicy.Custom)) {
            throw new IllegalArgumentException("--map needs --policy Custom; the policy is " + chosen);
        }
        if (modules == null && chosen.equals(PlacementPolicy.Custom)) {
            throw new IllegalArgumentException("--policy Custom needs --map MODULE=DEVICE,...");
        }
        if (tiers != null && !chosen.mayOffload()) {
            throw new IllegalArgumentException(
                    "--offload needs --policy Auto, Balanced, BalancedLow0 or Sequential; the policy is " + chosen);
        }
        return new Placement(chosen, modules, tiers);
    }

    private static List<ModulePlacement> modules(List<String> entries) {
        SequencedMap<String, ModulePlacement> modules = new LinkedHashMap<>();
        for (String text : entries) {
            Assignment entry = Assignment.parse("--map", text);
            String device = DeviceId.parse(entry.value()).toString();
            if (modules.put(entry.name(), new ModulePlacement(entry.name(), device)) != null) {
                throw new IllegalArgumentException("--map names '" + entry.name() + "' twice: give it one device");
            }
        }
        return List.copyOf(modules.values());
    }
}
