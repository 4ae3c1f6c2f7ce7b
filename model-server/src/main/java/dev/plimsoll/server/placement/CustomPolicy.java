package dev.plimsoll.server.placement;

import dev.plimsoll.api.ModulePlacement;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.device.DeviceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Each unit on the device of the longest prefix that {@code placement.map} has for it. */
final class CustomPolicy implements Policy {
    @Override
    public Homes place(Problem problem) {
        List<ModulePlacement> map =
                Objects.requireNonNullElse(problem.request().placement().map(), List.of());
        map.forEach(entry -> check(problem, entry));
        Map<String, DeviceId> byModule = new HashMap<>();
        map.forEach(entry -> byModule.put(entry.module(), DeviceId.parse(entry.device())));
        List<DeviceId> homes = problem.units().stream()
                .map(unit -> longestPrefix(byModule, unit.module()))
                .toList();
        return Homes.of(problem, homes, "placement.map says so");
    }

    private static DeviceId longestPrefix(Map<String, DeviceId> byModule, String module) {
        String name = module;
        while (!byModule.containsKey(name) && !name.isEmpty()) {
            name = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        }
        DeviceId device = byModule.get(name);
        if (device == null) {
            throw invalid("placement.map gives " + module
                    + " no device: add it, or add \"\" for every module that is not named");
        }
        return device;
    }

    private static void check(Problem problem, ModulePlacement entry) {
        DeviceId device;
        try {
            device = DeviceId.parse(entry.device());
        } catch (IllegalArgumentException e) {
            throw invalid("placement.map: " + e.getMessage());
        }
        if (device.isGpu() && device.index() >= problem.gpus().size()) {
            throw invalid("placement.map puts " + name(entry) + " on " + device + " and this process has "
                    + problem.gpus().size() + " GPUs: raise gpu.count, or name another device");
        }
        ModuleNode node = find(problem.request().architecture().root(), entry.module());
        if (node == null) {
            throw invalid("placement.map names " + name(entry) + ", which this model does not have: use a name that"
                    + " `plimsoll inspect` prints");
        }
        boolean whole = problem.units().stream().anyMatch(unit -> contains(entry.module(), unit.module()));
        boolean weightless = node.allParameters().allMatch(parameter -> parameter.buffer());
        if (!whole && !weightless) {
            throw invalid("placement.map names " + name(entry) + ", which is a part of what runs as one: name "
                    + problem.units().stream()
                            .map(Demand.Unit::module)
                            .filter(module -> contains(module, entry.module()))
                            .findFirst()
                            .orElse("a whole layer"));
        }
    }

    private static @Nullable ModuleNode find(ModuleNode node, String name) {
        if (node.name().equals(name)) {
            return node;
        }
        return node.children().stream()
                .filter(child -> contains(child.name(), name))
                .map(child -> find(child, name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static boolean contains(String prefix, String module) {
        return prefix.isEmpty() || module.equals(prefix) || module.startsWith(prefix + ".");
    }

    private static String name(ModulePlacement entry) {
        return entry.module().isEmpty() ? "\"\"" : entry.module();
    }

    private static PlimsollException invalid(String message) {
        return new PlimsollException(Failure.of(Reason.InvalidPlacement, message));
    }
}
