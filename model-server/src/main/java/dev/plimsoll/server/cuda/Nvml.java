package dev.plimsoll.server.cuda;

import dev.plimsoll.server.foreign.NativeFunction;
import dev.plimsoll.server.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * NVIDIA's management library: memory of GPUs as the driver counts it, all processes and contexts included.
 *
 * @see <a href="https://docs.nvidia.com/deploy/nvml-api/">NVML API</a>
 */
public final class Nvml {
    private static final Logger LOG = Logger.getLogger(Nvml.class);

    /** Both versions fill the same structure. */
    private static final String PROCESSES = "nvmlDeviceGetComputeRunningProcesses";

    private static final int INSUFFICIENT_SIZE = 7;
    private static final int MAX_PROCESSES = 256;
    /** {@code nvmlProcessInfo_t}: pid, padding, bytes used, two instance ids. */
    private static final int PROCESS_BYTES = 24;

    private static final int USED_OFFSET = 8;

    private final NativeFunction handleByUuid;
    private final NativeFunction memoryInfo;
    private final NativeFunction computeProcesses;

    private Nvml(NativeLibrary library) {
        this.handleByUuid = library.function("nvmlDeviceGetHandleByUUID", 2);
        this.memoryInfo = library.function("nvmlDeviceGetMemoryInfo", 2);
        this.computeProcesses = library.has(PROCESSES + "_v3")
                ? library.function(PROCESSES + "_v3", 3)
                : library.function(PROCESSES + "_v2", 3);
    }

    /** The library; empty where it is not installed, does not start, or lacks what is asked of it. */
    public static Optional<Nvml> load() {
        return NativeLibrary.find("libnvidia-ml.so.1").flatMap(Nvml::of);
    }

    static Optional<Nvml> of(NativeLibrary library) {
        try {
            return library.function("nvmlInit_v2", 0).call() == 0 ? Optional.of(new Nvml(library)) : Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            LOG.warnf("memory of GPUs is not measured: %s; use a newer driver", e.getMessage());
            return Optional.empty();
        }
    }

    /** Bytes of a GPU, of all processes together. */
    public record Bytes(long total, long free, long used) {}

    /** Bytes of a GPU now; empty when they are not told. */
    public Optional<Bytes> bytes(CudaGpu gpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(3 * Long.BYTES, Long.BYTES);
            OptionalLong device = device(gpu, arena);
            if (device.isEmpty() || memoryInfo.call(device.getAsLong(), info.address()) != 0) {
                return Optional.empty();
            }
            return Optional.of(new Bytes(
                    info.get(ValueLayout.JAVA_LONG, 0),
                    info.get(ValueLayout.JAVA_LONG, Long.BYTES),
                    info.get(ValueLayout.JAVA_LONG, 2 * Long.BYTES)));
        }
    }

    /** Bytes of one process; empty where its number is another to the driver, as in a container, or it is not told. */
    public OptionalLong processBytes(CudaGpu gpu, long pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            count.set(ValueLayout.JAVA_INT, 0, MAX_PROCESSES);
            MemorySegment processes = arena.allocate(MAX_PROCESSES * PROCESS_BYTES, Long.BYTES);
            OptionalLong device = device(gpu, arena);
            int code = device.isEmpty()
                    ? INSUFFICIENT_SIZE
                    : computeProcesses.call(device.getAsLong(), count.address(), processes.address());
            if (code != 0) {
                return OptionalLong.empty();
            }
            for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
                MemorySegment process = processes.asSlice((long) i * PROCESS_BYTES, PROCESS_BYTES);
                long used = process.get(ValueLayout.JAVA_LONG, USED_OFFSET);
                if (process.get(ValueLayout.JAVA_INT, 0) == pid && used > 0) {
                    return OptionalLong.of(used);
                }
            }
            return OptionalLong.empty();
        }
    }

    /** CUDA tells of an instance of a partitioned GPU (MIG) the UUID alone; here its name begins in another way. */
    private OptionalLong device(CudaGpu gpu, Arena arena) {
        OptionalLong whole = device(gpu.uuid(), arena);
        return whole.isPresent() ? whole : device(gpu.uuid().replaceFirst("^GPU-", "MIG-"), arena);
    }

    private OptionalLong device(String uuid, Arena arena) {
        MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
        int code = handleByUuid.call(arena.allocateFrom(uuid).address(), handle.address());
        return code == 0 ? OptionalLong.of(handle.get(ValueLayout.JAVA_LONG, 0)) : OptionalLong.empty();
    }
}
