package dev.plimsoll.server.runtime.copying;

import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.JoinedSource;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.torch.HostTensor;
import dev.plimsoll.server.runtime.torch.Torch;
import dev.plimsoll.server.runtime.torch.TorchType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A copy of the weights that live on disk, in the type that they run in: cast once, then streamed as they are. Held
 * nowhere in memory but in one staging buffer.
 */
public final class CastCopy {
    private static final String FILE = "weights.cast";

    private final Torch torch;
    private final Copier copier;
    private final Checkpoint checkpoint;
    private final ElementType type;

    private CastCopy(Torch torch, Copier copier, Checkpoint checkpoint, ElementType type) {
        this.torch = torch;
        this.copier = copier;
        this.checkpoint = checkpoint;
        this.type = type;
    }

    /**
     * Makes the copy when there is something to cast and room for it.
     *
     * @param copier of the host, which casts; with one buffer
     * @param folder where the copy is written
     * @param budgetBytes what it may take
     * @return the checkpoint, with the tensors that were cast read from the copy
     * @throws PlimsollException {@code ReadFailed} when it cannot be written
     */
    public static Checkpoint of(
            Torch torch,
            Copier copier,
            Checkpoint checkpoint,
            Architecture architecture,
            PlacementPlan plan,
            Path folder,
            long budgetBytes) {
        CastCopy copy = new CastCopy(torch, copier, checkpoint, ElementType.of(plan.dtype()));
        List<StoredTensor> tensors = architecture.units().stream()
                .filter(unit -> Objects.requireNonNull(plan.modules().get(unit.module()))
                        .device()
                        .equals(DeviceId.DISK))
                .flatMap(unit -> unit.weights().stream())
                .flatMap(weight -> weight.slices().stream())
                .map(slice -> Objects.requireNonNull(checkpoint.tensors().get(slice.tensor()), slice.tensor()))
                .filter(tensor -> tensor.dtype() != copy.stored())
                .distinct()
                .toList();
        long bytes = tensors.stream().mapToLong(copy::castBytes).sum();
        return tensors.isEmpty() || bytes > budgetBytes ? checkpoint : copy.write(tensors, folder);
    }

    private StoredDtype stored() {
        return switch (type) {
            case FLOAT32 -> StoredDtype.F32;
            case FLOAT16 -> StoredDtype.F16;
            case BFLOAT16 -> StoredDtype.BF16;
        };
    }

    private long castBytes(StoredTensor tensor) {
        return tensor.shape().elements() * type.bytes();
    }

    private Checkpoint write(List<StoredTensor> tensors, Path folder) {
        SortedMap<String, StoredTensor> replaced = new TreeMap<>(checkpoint.tensors());
        Torch.useOnThisThread();
        try (FileChannel file = FileChannel.open(
                        folder.resolve(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                PtNDManager manager = (PtNDManager) torch.manager().newSubManager()) {
            Shape window = Shape.of(copier.next().capacity() / Double.BYTES);
            HostTensor cast = new HostTensor(
                    DeviceId.HOST,
                    type,
                    window,
                    torch.tensors().tensor(manager, "zeros", window.toArray(), TorchType.of(type), "cpu"));
            for (StoredTensor tensor : tensors) {
                StoredTensor copy = new StoredTensor(
                        tensor.name(), stored(), tensor.shape(), FILE, file.position(), castBytes(tensor));
                replaced.put(tensor.name(), copy);
                append(file, tensor, cast);
            }
        } catch (IOException e) {
            throw new PlimsollException(
                    Reason.ReadFailed,
                    "writing " + folder.resolve(FILE) + " failed: " + e.getMessage()
                            + "; raise memory.disk, or leave it out to have weights cast each time",
                    e);
        }
        return new Checkpoint(
                new JoinedSource(checkpoint.source(), folder, FILE),
                checkpoint.config(),
                checkpoint.generationConfig(),
                checkpoint.modules(),
                replaced,
                checkpoint.flaws(),
                checkpoint.revision());
    }

    private void append(FileChannel file, StoredTensor tensor, HostTensor cast) throws IOException {
        long elementsAtOnce = cast.shape().elements();
        long all = tensor.shape().elements();
        for (long first = 0; first < all; first += elementsAtOnce) {
            long elements = Math.min(elementsAtOnce, all - first);
            ByteBuffer staging =
                    copier.next().limit(Math.toIntExact(tensor.dtype().bytes(elements)));
            checkpoint
                    .source()
                    .read(tensor.file(), tensor.position() + tensor.dtype().bytes(first), staging);
            copier.copy(List.of(new CopyRegion(0, elements, tensor.dtype(), cast, 0)));
            copier.finish();
            try (PtNDManager step = (PtNDManager) torch.manager().newSubManager()) {
                ByteBuffer bytes = torch.tensors()
                        .tensor(step, "bytes", cast.array())
                        .toByteBuffer(true)
                        .limit(Math.toIntExact(elements * type.bytes()));
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            }
        }
    }
}
