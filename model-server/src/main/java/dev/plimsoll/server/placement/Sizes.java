package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.Weight;
import dev.plimsoll.server.device.ElementType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weights of each unit, whatever the dtype.
 *
 * @param units in order of execution
 * @param indexes place of each module among them
 */
record Sizes(List<Unit> units, Map<String, Integer> indexes) {
    /**
     * One unit.
     *
     * @param own weights that are its own
     * @param tied a weight that is another module's; null when there is none
     */
    record Unit(
            ExecutionUnit.Kind kind,
            String module,
            List<Weight> own,
            @Nullable Weight tied) {
        /** Bytes of what is its own. */
        long bytes(ElementType type) {
            return own.stream().mapToLong(weight -> weight.bytes(type)).sum();
        }
    }

    static Sizes of(Architecture architecture) {
        List<Unit> units = architecture.units().stream().map(Sizes::unit).toList();
        Map<String, Integer> indexes = new HashMap<>();
        units.forEach(unit -> indexes.put(unit.module(), indexes.size()));
        return new Sizes(units, indexes);
    }

    private static Unit unit(ExecutionUnit unit) {
        return new Unit(
                unit.kind(),
                unit.module(),
                unit.weights().stream().filter(unit::owns).toList(),
                unit.weights().stream()
                        .filter(weight -> !unit.owns(weight))
                        .findFirst()
                        .orElse(null));
    }
}
