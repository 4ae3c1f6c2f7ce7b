package dev.plimsoll.server.runtime.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.util.Utils;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.foreign.NativeFunction;
import dev.plimsoll.server.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What DJL does not offer, from libtorch's C interface: tensors over memory that was allocated elsewhere, and streams.
 * DJL's handles of tensors are this interface's, too.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/main/torch/csrc/inductor/aoti_torch/c/shim.h">shim.h</a>
 */
public final class LibtorchC {
    private static final int STRIDED = 0;

    private final Path folder;
    private final NativeFunction fromBlob;
    private final NativeFunction dataPointer;
    private @Nullable StreamGuard streamGuard;

    /** Opens the libtorch that DJL has loaded. */
    LibtorchC() {
        this.folder = Path.of(Objects.requireNonNull(Utils.getEnvOrSystemProperty("PYTORCH_LIBRARY_PATH")));
        NativeLibrary library = NativeLibrary.open(folder.resolve("libtorch_cpu.so"));
        this.fromBlob = library.function("aoti_torch_create_tensor_from_blob", 9);
        this.dataPointer = library.function("aoti_torch_get_data_ptr", 2);
    }

    /** Where tensors are, in libtorch's numbers. */
    public record Place(int deviceType, int index) {
        public static final Place CPU = new Place(0, 0);

        public static Place cuda(int index) {
            return new Place(1, index);
        }
    }

    /**
     * A tensor over memory that must outlive it.
     *
     * @param type one of {@link TorchType}
     */
    public PtNDArray wrap(PtNDManager manager, long address, int type, Shape shape, Place place) {
        long[] sizes = shape.toArray();
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= sizes[i];
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
            check(
                    fromBlob,
                    fromBlob.call(
                            address,
                            sizes.length,
                            arena.allocateFrom(ValueLayout.JAVA_LONG, sizes).address(),
                            arena.allocateFrom(ValueLayout.JAVA_LONG, strides).address(),
                            STRIDED,
                            type,
                            place.deviceType,
                            place.index,
                            handle.address()));
            return new PtNDArray(manager, handle.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    /** Address of a tensor's first element. */
    public long address(PtNDArray array) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocate(ValueLayout.JAVA_LONG);
            check(dataPointer, dataPointer.call(array.getHandle(), pointer.address()));
            return pointer.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Runs what the calling thread gives to libtorch meanwhile on a stream of a GPU. */
    public void onStream(long stream, int device, Runnable work) {
        StreamGuard guards = streamGuard();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment guard = arena.allocate(ValueLayout.JAVA_LONG);
            check(guards.enter, guards.enter.call(stream, device, guard.address()));
            try {
                work.run();
            } finally {
                check(guards.leave, guards.leave.call(guard.get(ValueLayout.JAVA_LONG, 0)));
            }
        }
    }

    private record StreamGuard(NativeFunction enter, NativeFunction leave) {}

    private synchronized StreamGuard streamGuard() {
        if (streamGuard == null) {
            NativeLibrary library = NativeLibrary.open(folder.resolve("libtorch_cuda.so"));
            streamGuard = new StreamGuard(
                    library.function("aoti_torch_create_cuda_stream_guard", 3),
                    library.function("aoti_torch_delete_cuda_stream_guard", 1));
        }
        return streamGuard;
    }

    private static void check(NativeFunction function, int code) {
        if (code != 0) {
            throw new IllegalStateException("libtorch's " + function.name() + " failed with " + code);
        }
    }
}
