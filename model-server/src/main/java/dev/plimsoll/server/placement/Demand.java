package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.server.architecture.DecoderShape;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.architecture.Weight;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each unit of a model takes, in bytes, for one dtype and one size of KV cache.
 *
 * @param units in order of execution
 * @param workspace transient bytes on each device that runs a unit
 * @param rowBytes bytes of the hidden states of a step
 * @param indexes place of each module among the units
 */
record Demand(List<Unit> units, long workspace, long rowBytes, Map<String, Integer> indexes) {
    /**
     * One unit.
     *
     * @param weights bytes of its own parameters; a tied one adds nothing
     * @param tie null unless a parameter of it is another module's
     */
    record Unit(
            Kind kind,
            String module,
            long weights,
            @Nullable Tie tie,
            long kvCache) {
        boolean isLayer() {
            return kind == Kind.LAYER;
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

    /**
     * What a model takes.
     *
     * @throws ArithmeticException when that is more than {@link PlanRequest#UNLIMITED}: sums of it could overflow
     */
    static Demand of(
            Sizes sizes,
            DecoderShape shape,
            ElementType type,
            int sequences,
            int sequenceTokens,
            int chunkTokens,
            int cachePages) {
        long tokenBytes = 2L * shape.keyValueHeads() * shape.headDim() * type.bytes();
        long kvCache = Math.multiplyExact(tokenBytes, (long) cachePages * CachePages.TOKENS);
        List<Unit> units = sizes.units().stream()
                .map(unit -> new Unit(
                        unit.kind(),
                        unit.module(),
                        unit.bytes(type),
                        tie(unit.tied(), type),
                        unit.kind() == Kind.LAYER ? kvCache : 0))
                .toList();
        long workspace = Workspace.bytes(shape, chunkTokens, sequences, sequenceTokens, type.bytes());
        long all = Math.addExact(workspace, Math.multiplyExact(kvCache, (long) shape.layers()));
        if (all > PlanRequest.UNLIMITED) {
            throw new ArithmeticException("more than " + ByteSize.format(PlanRequest.UNLIMITED));
        }
        return new Demand(
                units,
                workspace,
                (long) Math.max(chunkTokens, sequences) * shape.hidden() * type.bytes(),
                sizes.indexes());
    }

    private static @Nullable Tie tie(@Nullable Weight tied, ElementType type) {
        return tied == null ? null : new Tie(tied.module(), tied.bytes(type));
    }

    /** Bytes that a unit takes on a device: those of a tied parameter only where its owner lives elsewhere. */
    long weightsOn(DeviceId device, Unit unit, List<? extends @Nullable DeviceId> homes) {
        Tie tie = unit.tie;
        return unit.weights + (tie == null || device.equals(homes.get(indexOf(tie.owner))) ? 0 : tie.bytes);
    }

    /** Place of a module among the units. */
    int indexOf(String module) {
        return Objects.requireNonNull(indexes.get(module), module);
    }
}
