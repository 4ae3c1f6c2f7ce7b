package dev.plimsoll.server.runtime;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ExecutionUnit.WeightTensor;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.Device.Purpose;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.loading.Target;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.ElementType;
import dev.plimsoll.server.placement.PlacementPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Every tensor of a model on its device, made as the plan says; to be filled by a loader. */
public final class ModelTensors {
    private final List<UnitTensors> units = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    /**
     * The tensors of one unit.
     *
     * @param weights in the order in which the TorchScript source indexes them
     * @param keys [slots, heads, tokens, width]; none but in layers
     */
    record UnitTensors(
            ExecutionUnit unit,
            Device device,
            List<DeviceTensor> weights,
            List<DeviceTensor> keys,
            List<DeviceTensor> values) {}

    /**
     * Makes the tensors; reads no weight.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code DeviceOutOfMemory} when a device has less room than planned
     */
    public ModelTensors(
            Checkpoint checkpoint, Architecture architecture, PlacementPlan plan, Map<DeviceId, Device> devices) {
        ElementType type = ElementType.of(plan.dtype());
        Map<String, DeviceTensor> made = new HashMap<>();
        Shape cache = Shape.of(
                plan.maxSequences(),
                architecture.shape().keyValueHeads(),
                plan.maxSequenceTokens(),
                architecture.shape().headDim());
        for (ExecutionUnit unit : architecture.units()) {
            Device device = Objects.requireNonNull(devices.get(deviceOf(plan, unit)));
            List<DeviceTensor> weights = new ArrayList<>();
            for (WeightTensor weight : unit.weights()) {
                weights.add(made.computeIfAbsent(
                        device.id() + " " + weight.name(), name -> make(checkpoint, device, type, weight)));
            }
            boolean layer = unit.kind() == ExecutionUnit.Kind.LAYER;
            units.add(new UnitTensors(
                    unit,
                    device,
                    weights,
                    layer ? List.of(device.allocate(Purpose.KV_CACHE, type, cache)) : List.of(),
                    layer ? List.of(device.allocate(Purpose.KV_CACHE, type, cache)) : List.of()));
        }
    }

    private DeviceTensor make(Checkpoint checkpoint, Device device, ElementType type, WeightTensor weight) {
        DeviceTensor tensor = device.allocate(Purpose.WEIGHTS, type, weight.shape());
        weight.parts()
                .forEach(part -> targets.add(new Target(
                        Objects.requireNonNull(checkpoint.tensors().get(part.parameter()), part.parameter()),
                        tensor,
                        part.element())));
        return tensor;
    }

    private static DeviceId deviceOf(PlacementPlan plan, ExecutionUnit unit) {
        return Objects.requireNonNull(plan.modules().get(unit.module()), unit.module())
                .device();
    }

    /** What a loader has to fill. */
    public List<Target> targets() {
        return List.copyOf(targets);
    }

    /**
     * Where each module is, from the tensors themselves: the device of a unit's tensors, and the bytes of the module's
     * own parameters there. Tied parameters are counted with the module that owns them.
     */
    public Map<DeviceId, List<DeviceReport.ModulePlacement>> placements() {
        Map<DeviceId, List<DeviceReport.ModulePlacement>> placements = new TreeMap<>();
        for (UnitTensors unit : units) {
            placements
                    .computeIfAbsent(unit.device().id(), id -> new ArrayList<>())
                    .add(placement(unit));
        }
        return placements;
    }

    private static DeviceReport.ModulePlacement placement(UnitTensors unit) {
        String module = unit.unit().module();
        long bytes = 0;
        String tiedTo = null;
        for (int i = 0; i < unit.weights().size(); i++) {
            TorchTensor tensor = (TorchTensor) unit.weights().get(i);
            String name = unit.unit().weights().get(i).name();
            if (name.startsWith(module + ".")) {
                bytes += tensor.bytes();
            } else {
                tiedTo = name.substring(0, name.lastIndexOf('.'));
            }
        }
        return new DeviceReport.ModulePlacement(module, bytes, bytes == 0 ? tiedTo : null);
    }

    List<UnitTensors> units() {
        return units;
    }
}
