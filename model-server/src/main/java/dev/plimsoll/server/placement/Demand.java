package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.DecoderShape;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.architecture.Parameter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What each unit of a model takes, in bytes, for one dtype and one size of KV cache.
 *
 * @param units in order of execution
 * @param workspace transient bytes on each device that holds a unit
 */
record Demand(List<Unit> units, long workspace) {
    /**
     * One unit.
     *
     * @param modules module to bytes of its own parameters, in model order; tied ones add nothing
     * @param tied bytes of parameters that live in an earlier unit: they count again on another device
     */
    record Unit(SequencedMap<String, Long> modules, Map<String, Long> tied, long kvCache) {
        long weights() {
            return modules.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    static Demand of(Architecture architecture, int elementBytes, int sequences, int sequenceTokens, int chunkTokens) {
        DecoderShape shape = architecture.shape();
        long kvCache = 2L * shape.keyValueHeads() * shape.headDim() * elementBytes * sequences * sequenceTokens;
        Map<String, ModuleNode> modules = byName(architecture.root());
        List<Unit> units = architecture.units().stream()
                .map(unit -> unit(unit, modules, elementBytes, kvCache))
                .toList();
        return new Demand(units, Workspace.bytes(shape, chunkTokens, sequences, sequenceTokens, elementBytes));
    }

    long weights() {
        return units.stream().mapToLong(Unit::weights).sum();
    }

    private static Unit unit(ExecutionUnit unit, Map<String, ModuleNode> byName, int elementBytes, long layerKvCache) {
        SequencedMap<String, Long> modules = new LinkedHashMap<>();
        Map<String, Long> tied = new HashMap<>();
        Set<String> counted = new HashSet<>();
        for (String name : unit.modules()) {
            long bytes = 0;
            for (Parameter parameter : Objects.requireNonNull(byName.get(name), name)
                    .allParameters()
                    .toList()) {
                long size = parameter.shape().elements() * elementBytes;
                if (parameter.tiedTo() != null) {
                    tied.put(parameter.tiedTo(), size);
                } else if (!parameter.buffer() && counted.add(parameter.name())) {
                    bytes += size;
                }
            }
            modules.put(name, bytes);
        }
        return new Unit(modules, tied, unit.kind() == ExecutionUnit.Kind.LAYER ? layerKvCache : 0);
    }

    private static Map<String, ModuleNode> byName(ModuleNode root) {
        Map<String, ModuleNode> names = new HashMap<>();
        names.put(root.name(), root);
        root.children().forEach(child -> names.putAll(byName(child)));
        return names;
    }
}
