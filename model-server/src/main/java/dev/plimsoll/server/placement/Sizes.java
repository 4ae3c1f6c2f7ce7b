package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.architecture.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Elements of each unit, whatever the dtype.
 *
 * @param units in order of execution
 * @param indexes place of each module among them
 */
record Sizes(List<Unit> units, Map<String, Integer> indexes) {
    /**
     * One unit.
     *
     * @param elements of its own parameters
     * @param tie null unless a parameter of it is another module's
     */
    record Unit(
            ExecutionUnit.Kind kind,
            String module,
            long elements,
            @Nullable Tie tie) {}

    /** A parameter that belongs to another module. */
    record Tie(String owner, long elements) {}

    static Sizes of(Architecture architecture) {
        Map<String, ModuleNode> modules = new HashMap<>();
        collect(architecture.root(), modules);
        List<Unit> units = architecture.units().stream()
                .map(unit -> unit(unit, Objects.requireNonNull(modules.get(unit.module()), unit.module())))
                .toList();
        Map<String, Integer> indexes = new HashMap<>();
        units.forEach(unit -> indexes.put(unit.module(), indexes.size()));
        return new Sizes(units, indexes);
    }

    private static Unit unit(ExecutionUnit unit, ModuleNode module) {
        long elements = 0;
        Tie tie = null;
        for (Parameter parameter : module.allParameters().toList()) {
            String owner = parameter.tiedTo();
            if (owner != null) {
                tie = new Tie(
                        owner.substring(0, owner.lastIndexOf('.')),
                        parameter.shape().elements());
            } else if (!parameter.buffer()) {
                elements += parameter.shape().elements();
            }
        }
        return new Unit(unit.kind(), unit.module(), elements, tie);
    }

    private static void collect(ModuleNode node, Map<String, ModuleNode> byName) {
        byName.put(node.name(), node);
        node.children().forEach(child -> collect(child, byName));
    }
}
