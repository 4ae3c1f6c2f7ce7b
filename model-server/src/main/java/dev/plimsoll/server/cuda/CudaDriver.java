package dev.plimsoll.server.cuda;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.foreign.NativeFunction;
import dev.plimsoll.server.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * NVIDIA's driver. Its interface is stable across CUDA versions, and its primary contexts are those that libtorch
 * computes in, so that memory, streams and events made here are libtorch's, too.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/">CUDA driver API</a>
 */
public final class CudaDriver {
    static final int OUT_OF_MEMORY = 2;
    private static final int NO_DEVICE = 100;
    private static final int NAME_BYTES = 256;
    private static final int UUID_BYTES = 16;

    private final NativeLibrary library;
    private final NativeFunction errorName;
    private final int version;
    private final List<CudaGpu> gpus;

    private CudaDriver(NativeLibrary library) {
        this.library = library;
        this.errorName = library.function("cuGetErrorName", 2);
        int started = library.function("cuInit", 1).call(0);
        if (started == NO_DEVICE) {
            this.version = 0;
            this.gpus = List.of();
            return;
        }
        check("cuInit", started);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            call("cuDriverGetVersion", number.address());
            this.version = number.get(ValueLayout.JAVA_INT, 0);
            call("cuDeviceGetCount", number.address());
            this.gpus = IntStream.range(0, number.get(ValueLayout.JAVA_INT, 0))
                    .mapToObj(this::gpu)
                    .toList();
        }
    }

    /**
     * The driver; empty where none is installed.
     *
     * @throws PlimsollException {@code EngineFailed} when it is there and does not start
     */
    public static Optional<CudaDriver> load() {
        return NativeLibrary.find("libcuda.so.1").map(CudaDriver::new);
    }

    /**
     * Calls the driver once, so that the calling thread has all that the driver keeps for a thread. A driver that fails
     * says so when it is asked for something.
     */
    public void useOnThisThread() {
        var unused = library.function("cuCtxSetCurrent", 1).call(0);
    }

    /** The GPUs that this process may use, in CUDA's order. */
    public List<CudaGpu> gpus() {
        return gpus;
    }

    /** Newest CUDA version that the driver supports: 12.8 is 12080. */
    public int version() {
        return version;
    }

    private CudaGpu gpu(int ordinal) {
        try (Arena arena = Arena.ofConfined()) {
            int device = device(ordinal);
            MemorySegment name = arena.allocate(NAME_BYTES);
            MemorySegment uuid = arena.allocate(UUID_BYTES);
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
            check("cuDeviceGetName", library.function("cuDeviceGetName", 3).call(name.address(), NAME_BYTES, device));
            check("cuDeviceGetUuid", library.function("cuDeviceGetUuid_v2", 2).call(uuid.address(), device));
            check("cuDeviceTotalMem", library.function("cuDeviceTotalMem_v2", 2).call(bytes.address(), device));
            return new CudaGpu(
                    ordinal,
                    format(uuid.toArray(ValueLayout.JAVA_BYTE)),
                    name.getString(0),
                    bytes.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    /** {@code GPU-} and the groups of a UUID. */
    static String format(byte[] uuid) {
        String hex = HexFormat.of().formatHex(uuid);
        return "GPU-"
                + String.join(
                        "-",
                        hex.substring(0, 8),
                        hex.substring(8, 12),
                        hex.substring(12, 16),
                        hex.substring(16, 20),
                        hex.substring(20));
    }

    int device(int ordinal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment device = arena.allocate(ValueLayout.JAVA_INT);
            check("cuDeviceGet", library.function("cuDeviceGet", 2).call(device.address(), ordinal));
            return device.get(ValueLayout.JAVA_INT, 0);
        }
    }

    NativeFunction function(String symbol, int arguments) {
        return library.function(symbol, arguments);
    }

    private void call(String symbol, long argument) {
        check(symbol, library.function(symbol, 1).call(argument));
    }

    /**
     * Says what an error code means.
     *
     * @throws PlimsollException {@code EngineFailed} unless the code is 0
     */
    void check(String what, int code) {
        if (code != 0) {
            throw new PlimsollException(
                    Reason.EngineFailed,
                    "the NVIDIA driver answers " + what + " with " + name(code)
                            + ": look at the node's driver and its log (nvidia-smi, dmesg)");
        }
    }

    private String name(int code) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ValueLayout.ADDRESS);
            if (errorName.call(code, text.address()) != 0) {
                return "error " + code;
            }
            return text.get(ValueLayout.ADDRESS, 0).reinterpret(NAME_BYTES).getString(0) + " (" + code + ")";
        }
    }
}
