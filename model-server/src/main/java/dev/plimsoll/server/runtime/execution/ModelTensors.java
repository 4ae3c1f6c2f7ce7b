package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.architecture.ExecutionUnit.WeightTensor;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.Device.Purpose;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.loading.Target;
import dev.plimsoll.server.placement.CachePages;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.ElementType;
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
     * The tensors of one unit.
     *
     * @param device the one that runs it
     * @param weights in the order of the unit's
     * @param keys [pages, 16, heads, width]; none but in layers
     * @param pieces what of its weights is streamed in, in order of use; none for a unit that lives where it runs
     */
    record UnitTensors(
            ExecutionUnit unit,
            TorchDevice device,
            List<DeviceTensor> weights,
            List<DeviceTensor> keys,
            List<DeviceTensor> values,
            List<StreamedPiece> pieces) {
        boolean isStreamed() {
            return !pieces.isEmpty();
        }
    }

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

    private List<DeviceTensor> make(Device device, List<WeightTensor> weights) {
        return weights.stream()
                .map(weight -> made.computeIfAbsent(device.id() + " " + weight.name(), name -> {
                    DeviceTensor tensor = device.allocate(Purpose.WEIGHTS, type, weight.shape());
                    targets.addAll(targets(weight, tensor));
                    return tensor;
                }))
                .toList();
    }

    private List<Target> targets(WeightTensor weight, DeviceTensor tensor) {
        return weight.parts().stream()
                .map(part -> new Target(
                        Objects.requireNonNull(checkpoint.tensors().get(part.parameter()), part.parameter()),
                        tensor,
                        part.element()))
                .toList();
    }

    /** An embedding on disk: of its table, the first weight, only the rows of a step are read. */
    private UnitTensors lookedUp(ExecutionUnit unit, TorchDevice device) {
        WeightTensor table = unit.weights().getFirst();
        long width = table.shape().dims().getLast();
        long rows = Math.max(plan.prefillChunkTokens(), plan.maxSequences());
        DeviceTensor window = device.allocate(Purpose.STREAM, type, Shape.of(rows, width));
        List<DeviceTensor> weights = new ArrayList<>(List.of(window));
        weights.addAll(make(device, unit.weights().subList(1, unit.weights().size())));
        return new UnitTensors(
                unit,
                device,
                weights,
                List.of(),
                List.of(),
                List.of(new StreamedPiece(0, List.of(window), List.of(), targets(table, window))));
    }

    private UnitTensors streamed(
            ExecutionUnit unit, DeviceId home, TorchDevice runner, List<DeviceTensor> keys, List<DeviceTensor> values) {
        List<DeviceTensor> sources = home.equals(DeviceId.HOST) ? make(device(home), unit.weights()) : List.of();
        StreamBuffers into =
                buffers.computeIfAbsent(runner.id(), id -> new StreamBuffers(runner, type, plan.bufferBytes()));
        if (unit.kind() == Kind.HEAD) {
            List<StreamedPiece> slices = slices(unit.weights().getFirst(), sources, into);
            return new UnitTensors(unit, runner, List.of(), keys, values, slices);
        }
        StreamBuffers.Views views =
                into.next(unit.weights().stream().map(WeightTensor::shape).toList());
        List<Copy> copies = new ArrayList<>();
        List<Target> reads = new ArrayList<>();
        for (int i = 0; i < views.tensors().size(); i++) {
            DeviceTensor view = views.tensors().get(i);
            if (sources.isEmpty()) {
                reads.addAll(targets(unit.weights().get(i), view));
            } else {
                copies.add(new Copy(sources.get(i), view));
            }
        }
        StreamedPiece piece = new StreamedPiece(views.piece(), views.tensors(), copies, reads);
        return new UnitTensors(unit, runner, views.tensors(), keys, values, List.of(piece));
    }

    /** A head in slices of rows that fit a buffer. */
    private List<StreamedPiece> slices(WeightTensor head, List<DeviceTensor> sources, StreamBuffers into) {
        long rows = head.shape().dims().getFirst();
        long width = head.shape().dims().getLast();
        long most = into.elements() / width;
        List<StreamedPiece> slices = new ArrayList<>();
        for (long first = 0; first < rows; first += most) {
            Shape shape = Shape.of(Math.min(most, rows - first), width);
            StreamBuffers.Views views = into.next(List.of(shape));
            DeviceTensor view = views.tensors().getFirst();
            if (sources.isEmpty()) {
                Target read = rows(targets(head, view).getFirst(), first, shape);
                slices.add(new StreamedPiece(views.piece(), views.tensors(), List.of(), List.of(read)));
            } else {
                DeviceTensor from = device(DeviceId.HOST).view(sources.getFirst(), first * width, shape);
                slices.add(new StreamedPiece(views.piece(), views.tensors(), List.of(new Copy(from, view)), List.of()));
            }
        }
        return slices;
    }

    private static Target rows(Target whole, long first, Shape shape) {
        StoredTensor stored = whole.stored();
        long skipped = stored.dtype().bytes(first * shape.dims().getLast());
        StoredTensor rows = new StoredTensor(
                stored.name(),
                stored.dtype(),
                shape,
                stored.file(),
                stored.position() + skipped,
                stored.dtype().bytes(shape.elements()));
        return new Target(rows, whole.tensor(), 0);
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
        for (WeightTensor weight : unit.weights()) {
            if (weight.name().startsWith(unit.module() + ".")) {
                bytes += weight.shape().elements() * type.bytes();
            } else {
                tiedTo = weight.name().substring(0, weight.name().lastIndexOf('.'));
            }
        }
        return new DeviceReport.ModulePlacement(unit.module(), bytes, bytes == 0 ? tiedTo : null);
    }

    List<UnitTensors> units() {
        return units;
    }
}
