package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.runtime.devices.TorchDevice;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The tensors of one unit.
 *
 * @param device the one that runs it
 * @param weights by the roles of the unit's weights
 * @param keys [pages, 16, heads, width]; none but in layers
 * @param pieces what of its weights is streamed in, in order of use; none for a unit that lives where it runs
 */
record UnitTensors(
        ExecutionUnit unit,
        TorchDevice device,
        Map<String, DeviceTensor> weights,
        List<DeviceTensor> keys,
        List<DeviceTensor> values,
        List<StreamedPiece> pieces) {
    boolean isStreamed() {
        return !pieces.isEmpty();
    }

    boolean is(Kind kind) {
        return unit.kind() == kind;
    }

    /** What a weight is on the device. */
    DeviceTensor weight(String role) {
        return Objects.requireNonNull(weights.get(role), role);
    }

    /** A part of a head that is streamed in parts, as a unit. */
    UnitTensors of(StreamedPiece piece) {
        return new UnitTensors(unit, device, piece.tensors(), List.of(), List.of(), List.of(piece));
    }
}
