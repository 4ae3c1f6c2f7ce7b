package dev.plimsoll.server.cuda;

import dev.plimsoll.server.cuda.CudaModule.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Launches kernels on a stream: begin with {@link #of}, give the arguments in their order, end with {@link #launch}. One
 * object serves all launches of a thread; none allocates.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__EXEC.html">cuLaunchKernelEx</a>
 */
public final class KernelLaunch {
    private static final int MAX_ARGUMENTS = 32;
    private static final int VALUE_BYTES = 1024;
    /** {@code CUlaunchConfig}: grid and block, shared bytes, stream, attributes and their number. */
    private static final int CONFIG_BYTES = 56;

    private static final int STREAM_OFFSET = 32;
    private static final int ATTRIBUTES_OFFSET = 40;
    private static final int ATTRIBUTE_COUNT_OFFSET = 48;
    /** {@code CUlaunchAttribute}: number, padding, value. */
    private static final int ATTRIBUTE_BYTES = 72;

    private static final int VALUE_OFFSET = 8;
    private static final int CLUSTER_DIMENSION = 4;
    private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;

    private final CudaContext context;
    private final long stream;
    private final NativeFunction launch;
    private final MemorySegment config;
    private final MemorySegment attributes;
    private final MemorySegment arguments;
    private final MemorySegment values;
    private Kernel kernel = new Kernel("none", 0, 0);
    private int count;
    private long at;
    private boolean grouped;
    private int attributeCount;

    /** Launches on a stream; the memory of arguments lives as long as the arena. */
    public KernelLaunch(CudaContext context, long stream, Arena arena) {
        this.context = context;
        this.stream = stream;
        this.launch = context.driver().function("cuLaunchKernelEx", 4);
        this.config = arena.allocate(CONFIG_BYTES, Long.BYTES);
        this.attributes = arena.allocate(2 * ATTRIBUTE_BYTES, Long.BYTES);
        this.arguments = arena.allocate((long) MAX_ARGUMENTS * Long.BYTES, Long.BYTES);
        this.values = arena.allocate(VALUE_BYTES, Long.BYTES);
        config.set(ValueLayout.JAVA_LONG, STREAM_OFFSET, stream);
        config.set(ValueLayout.JAVA_LONG, ATTRIBUTES_OFFSET, attributes.address());
    }

    public long stream() {
        return stream;
    }

    /** Begins a launch. */
    public KernelLaunch of(Kernel next) {
        kernel = next;
        count = 0;
        at = 0;
        grouped = false;
        attributeCount = 0;
        return this;
    }

    private long place(int bytes) {
        long start = Math.ceilDiv(at, bytes) * bytes;
        at = start + bytes;
        if (!grouped) {
            arguments.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + start);
        }
        return start;
    }

    /** The values up to {@link #end} are fields of one structure. */
    public KernelLaunch structure() {
        at = Math.ceilDiv(at, 2L * Long.BYTES) * 2 * Long.BYTES;
        arguments.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + at);
        grouped = true;
        return this;
    }

    public KernelLaunch end() {
        grouped = false;
        return this;
    }

    public KernelLaunch pointer(long address) {
        values.set(ValueLayout.JAVA_LONG, place(Long.BYTES), address);
        return this;
    }

    public KernelLaunch integer(int value) {
        values.set(ValueLayout.JAVA_INT, place(Integer.BYTES), value);
        return this;
    }

    public KernelLaunch real(double value) {
        values.set(ValueLayout.JAVA_FLOAT, place(Float.BYTES), (float) value);
        return this;
    }

    private MemorySegment attribute(int number) {
        MemorySegment attribute = attributes.asSlice((long) attributeCount++ * ATTRIBUTE_BYTES, ATTRIBUTE_BYTES);
        attribute.set(ValueLayout.JAVA_INT, 0, number);
        return attribute;
    }

    /** Blocks that follow one another in x share a cluster. */
    public KernelLaunch cluster(int blocks) {
        MemorySegment attribute = attribute(CLUSTER_DIMENSION);
        attribute.set(ValueLayout.JAVA_INT, VALUE_OFFSET, blocks);
        attribute.set(ValueLayout.JAVA_INT, VALUE_OFFSET + Integer.BYTES, 1);
        attribute.set(ValueLayout.JAVA_INT, VALUE_OFFSET + 2 * Integer.BYTES, 1);
        return this;
    }

    /** May start before the kernel in front of it has ended: it waits in the kernel for what it reads. */
    public KernelLaunch overlapping() {
        attribute(PROGRAMMATIC_STREAM_SERIALIZATION).set(ValueLayout.JAVA_INT, VALUE_OFFSET, 1);
        return this;
    }

    /** Queues the kernel. */
    public void launch(int x, int y, int z, int block) {
        context.use();
        int[] dimensions = {x, y, z, block, 1, 1, kernel.sharedBytes()};
        MemorySegment.copy(dimensions, 0, config, ValueLayout.JAVA_INT, 0, dimensions.length);
        config.set(ValueLayout.JAVA_INT, ATTRIBUTE_COUNT_OFFSET, attributeCount);
        int code = launch.call(config.address(), kernel.function(), arguments.address(), 0);
        if (code != 0) {
            context.driver().check(launch.name() + " " + kernel.name(), code);
        }
    }
}
