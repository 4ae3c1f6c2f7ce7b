package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.architecture.Storage;
import dev.plimsoll.server.architecture.Weight;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.Device.Purpose;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.loading.Target;
import dev.plimsoll.server.placement.CachePages;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import dev.plimsoll.server.runtime.devices.TorchDevice;
import dev.plimsoll.server.runtime.execution.StreamedPiece.Copy;
import dev.plimsoll.server.runtime.torch.TorchType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Every tensor of a model on its device, made as the plan says; to be filled by a loader. */
public final class ModelTensors {
    private final Checkpoint checkpoint;
    private final PlacementPlan plan;
    private final Map<DeviceId, Device> devices;
    private final ElementType type;
    private final List<UnitTensors> units = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final Map<String, DeviceTensor> made = new HashMap<>();
    private final Map<DeviceId, StreamBuffers> buffers = new HashMap<>();

    /**
     * Makes the tensors; reads no weight.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code DeviceOutOfMemory} when a device has less room than planned
     */
    public ModelTensors(
            Checkpoint checkpoint, Architecture architecture, PlacementPlan plan, Map<DeviceId, Device> devices) {
        this.checkpoint = checkpoint;
        this.plan = plan;
        this.devices = devices;
        this.type = ElementType.of(plan.dtype());
        Shape cache = Shape.of(
                plan.cachePages(),
                CachePages.TOKENS,
                architecture.shape().keyValueHeads(),
                architecture.shape().headDim());
        for (ExecutionUnit unit : architecture.units()) {
            Placed placed = placed(unit);
            TorchDevice device = device(placed.runner());
            boolean layer = unit.kind() == Kind.LAYER;
            List<DeviceTensor> keys = layer ? List.of(device.allocate(Purpose.KV_CACHE, type, cache)) : List.of();
            List<DeviceTensor> values = layer ? List.of(device.allocate(Purpose.KV_CACHE, type, cache)) : List.of();
            units.add(
                    !placed.isStreamed()
                            ? new UnitTensors(unit, device, make(device, unit.weights()), keys, values, List.of())
                            : unit.kind() == Kind.EMBEDDING
                                    ? lookedUp(unit, device)
                                    : streamed(unit, placed.device(), device, keys, values));
        }
    }

    private Placed placed(ExecutionUnit unit) {
        return Objects.requireNonNull(plan.modules().get(unit.module()), unit.module());
    }

    private TorchDevice device(DeviceId id) {
        return (TorchDevice) Objects.requireNonNull(devices.get(id), id.toString());
    }

    private Map<String, DeviceTensor> make(Device device, List<Weight> weights) {
        Map<String, DeviceTensor> tensors = new HashMap<>();
        weights.forEach(weight -> tensors.put(weight.role(), make(device, weight)));
        return tensors;
    }

    private DeviceTensor make(Device device, Weight weight) {
        return made.computeIfAbsent(device.id() + " " + weight.name(), name -> {
            DeviceTensor tensor =
                    switch (weight.storage()) {
                        case Storage.Dense() -> device.allocate(Purpose.WEIGHTS, type, weight.shape());
                    };
            targets.addAll(Target.of(weight, checkpoint.tensors(), tensor));
            return tensor;
        });
    }

    /** An embedding on disk: of its table, the first weight, only the rows of a step are read. */
    private UnitTensors lookedUp(ExecutionUnit unit, TorchDevice device) {
        Weight table = unit.weights().getFirst();
        long rows = Math.max(plan.prefillChunkTokens(), plan.maxSequences());
        DeviceTensor window = device.allocate(Purpose.STREAM, type, Shape.of(rows, table.width()));
        Map<String, DeviceTensor> weights =
                make(device, unit.weights().subList(1, unit.weights().size()));
        weights.put(table.role(), window);
        List<Target> reads = Target.of(table, checkpoint.tensors(), window);
        StreamedPiece piece = new StreamedPiece(0, Map.of(table.role(), window), List.of(), reads);
        return new UnitTensors(unit, device, weights, List.of(), List.of(), List.of(piece));
    }

    private UnitTensors streamed(
            ExecutionUnit unit, DeviceId home, TorchDevice runner, List<DeviceTensor> keys, List<DeviceTensor> values) {
        Map<String, DeviceTensor> sources = home.equals(DeviceId.HOST) ? make(device(home), unit.weights()) : Map.of();
        StreamBuffers into =
                buffers.computeIfAbsent(runner.id(), id -> new StreamBuffers(runner, type, plan.bufferBytes()));
        if (unit.kind() == Kind.HEAD) {
            List<StreamedPiece> slices = slices(unit.weights().getFirst(), sources, into);
            return new UnitTensors(unit, runner, Map.of(), keys, values, slices);
        }
        StreamBuffers.Views views = into.next(unit.weights());
        List<Copy> copies = new ArrayList<>();
        List<Target> reads = new ArrayList<>();
        for (Weight weight : unit.weights()) {
            DeviceTensor view = Objects.requireNonNull(views.tensors().get(weight.role()));
            DeviceTensor source = sources.get(weight.role());
            if (source == null) {
                reads.addAll(Target.of(weight, checkpoint.tensors(), view));
            } else {
                copies.add(new Copy(source, view));
            }
        }
        StreamedPiece piece = new StreamedPiece(views.piece(), views.tensors(), copies, reads);
        return new UnitTensors(unit, runner, views.tensors(), keys, values, List.of(piece));
    }

    /** A head in slices of rows that fit a buffer. */
    private List<StreamedPiece> slices(Weight head, Map<String, DeviceTensor> sources, StreamBuffers into) {
        long rows = head.shape().dims().getFirst();
        long most = into.elements() / head.width();
        List<StreamedPiece> slices = new ArrayList<>();
        for (long first = 0; first < rows; first += most) {
            Weight slice = head.rows(first, Math.min(most, rows - first));
            StreamBuffers.Views views = into.next(List.of(slice));
            DeviceTensor view = Objects.requireNonNull(views.tensors().get(head.role()));
            DeviceTensor source = sources.get(head.role());
            if (source == null) {
                List<Target> reads = Target.of(slice, checkpoint.tensors(), view);
                slices.add(new StreamedPiece(views.piece(), views.tensors(), List.of(), reads));
            } else {
                DeviceTensor from = device(DeviceId.HOST).view(source, first * head.width(), slice.shape());
                slices.add(new StreamedPiece(views.piece(), views.tensors(), List.of(new Copy(from, view)), List.of()));
            }
        }
        return slices;
    }

    /** What a loader has to fill. */
    public List<Target> targets() {
        return List.copyOf(targets);
    }

    /** Whether any of them has another type in the checkpoint; libtorch casts. */
    public boolean needCast() {
        return targets.stream()
                .anyMatch(target -> TorchType.of(target.stored().dtype())
                        != TorchType.of(target.tensor().type()));
    }

    /**
     * Where each module is, from the tensors themselves, and the bytes of the module's own parameters there. Tied
     * parameters are counted with the module that owns them.
     */
    public Map<DeviceId, List<DeviceReport.ModulePlacement>> placements() {
        Map<DeviceId, List<DeviceReport.ModulePlacement>> placements = new TreeMap<>();
        for (UnitTensors unit : units) {
            DeviceId home = unit.isStreamed()
                    ? placed(unit.unit()).device()
                    : unit.device().id();
            placements.computeIfAbsent(home, id -> new ArrayList<>()).add(placement(unit.unit()));
        }
        return placements;
    }

    private DeviceReport.ModulePlacement placement(ExecutionUnit unit) {
        long bytes = 0;
        String tiedTo = null;
        for (Weight weight : unit.weights()) {
            if (unit.owns(weight)) {
                bytes += weight.bytes(type);
            } else {
                tiedTo = weight.module();
            }
        }
        return new DeviceReport.ModulePlacement(unit.module(), bytes, bytes == 0 ? tiedTo : null);
    }

    List<UnitTensors> units() {
        return units;
    }
}
