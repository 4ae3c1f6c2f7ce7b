package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.DecoderShape;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.architecture.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each unit of a model takes, in bytes, for one dtype and one size of KV cache.
 *
 * @param units in order of execution
 * @param workspace transient bytes on each device that runs a unit
 */
record Demand(List<Unit> units, long workspace) {
    /**
     * One unit.
     *
     * @param weights bytes of its own parameters; a tied one adds nothing
     * @param tie null unless a parameter of it is another module's
     */
    record Unit(
            ExecutionUnit.Kind kind,
            String module,
            long weights,
            @Nullable Tie tie,
            long kvCache) {
        boolean isLayer() {
            return kind == ExecutionUnit.Kind.LAYER;
        }

        /** Bytes that it reads where it runs. */
        long used() {
            return weights + (tie == null ? 0 : tie.bytes);
        }
    }

    /**
     * A parameter that belongs to another module.
     *
     * @param bytes that it takes once more on any device but its owner's
     */
    record Tie(String owner, long bytes) {}

    static Demand of(Architecture architecture, int elementBytes, int sequences, int sequenceTokens, int chunkTokens) {
        DecoderShape shape = architecture.shape();
        long kvCache = 2L * shape.keyValueHeads() * shape.headDim() * elementBytes * sequences * sequenceTokens;
        Map<String, ModuleNode> modules = new HashMap<>();
        collect(architecture.root(), modules);
        List<Unit> units = architecture.units().stream()
                .map(unit -> unit(unit, Objects.requireNonNull(modules.get(unit.module())), elementBytes, kvCache))
                .toList();
        return new Demand(units, Workspace.bytes(shape, chunkTokens, sequences, sequenceTokens, elementBytes));
    }

    long weights() {
        return units.stream().mapToLong(Unit::weights).sum();
    }

    private static Unit unit(ExecutionUnit unit, ModuleNode module, int elementBytes, long layerKvCache) {
        long bytes = 0;
        Tie tie = null;
        for (Parameter parameter : module.allParameters().toList()) {
            long size = parameter.shape().elements() * elementBytes;
            String owner = parameter.tiedTo();
            if (owner != null) {
                tie = new Tie(owner.substring(0, owner.lastIndexOf('.')), size);
            } else if (!parameter.buffer()) {
                bytes += size;
            }
        }
        boolean isLayer = unit.kind() == ExecutionUnit.Kind.LAYER;
        return new Unit(unit.kind(), unit.module(), bytes, tie, isLayer ? layerKvCache : 0);
    }

    private static void collect(ModuleNode node, Map<String, ModuleNode> byName) {
        byName.put(node.name(), node);
        node.children().forEach(child -> collect(child, byName));
    }
}
