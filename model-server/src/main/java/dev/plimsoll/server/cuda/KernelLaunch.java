package dev.plimsoll.server.cuda;

import dev.plimsoll.server.cuda.CudaModule.Kernel;
import dev.plimsoll.server.foreign.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Launches kernels on a stream: begin with {@link #of}, give the arguments in their order, end with {@link #launch}. One
 * object serves all launches of a thread; none allocates. What a launch reads is gathered in an array and copied into
 * native memory at once: a step of a prompt is hundreds of launches, and is to be quick before Java has compiled it.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__EXEC.html">cuLaunchKernelEx</a>
 */
public final class KernelLaunch {
    private static final int MAX_ARGUMENTS = 32;
    private static final int VALUE_WORDS = 128;
    /** {@code CUlaunchConfig}: grid and block, shared bytes, stream, attributes and their number. */
    private static final int STREAM = 4;

    private static final int ATTRIBUTES = 5;
    private static final int ATTRIBUTE_COUNT = 6;
    private static final int CONFIG_WORDS = 7;
    /** {@code CUlaunchAttribute}: number, padding, value. */
    private static final int ATTRIBUTE_WORDS = 9;

    private static final int FIRST_ATTRIBUTE = CONFIG_WORDS;
    private static final int POINTERS = FIRST_ATTRIBUTE + 2 * ATTRIBUTE_WORDS;
    /** At a multiple of 16 bytes, as structures may ask for. */
    private static final int VALUES = POINTERS + MAX_ARGUMENTS + 1;

    private static final int CLUSTER_DIMENSION = 4;
    private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;

    private final CudaContext context;
    private final long stream;
    private final NativeFunction launch;
    private final MemorySegment block;
    private final long[] words = new long[VALUES + VALUE_WORDS];
    private Kernel kernel = new Kernel("none", 0, 0);
    private int count;
    /** Bytes of values so far. */
    private int at;

    private boolean grouped;
    private int attributeCount;

    /** Launches on a stream; the memory of arguments lives as long as the arena. */
    public KernelLaunch(CudaContext context, long stream, Arena arena) {
        this.context = context;
        this.stream = stream;
        this.launch = context.driver().function("cuLaunchKernelEx", 4);
        this.block = arena.allocate((long) words.length * Long.BYTES, 2 * Long.BYTES);
        words[STREAM] = stream;
        words[ATTRIBUTES] = address(FIRST_ATTRIBUTE);
    }

    private long address(int word) {
        return block.address() + (long) word * Long.BYTES;
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

    private KernelLaunch place(int bytes, long bits) {
        if (!grouped) {
            begin(Long.BYTES);
        }
        at = aligned(bytes);
        int word = VALUES + at / Long.BYTES;
        words[word] = at % Long.BYTES == 0 ? bits : words[word] | (bits << Integer.SIZE);
        at += bytes;
        return this;
    }

    private int aligned(int bytes) {
        return (at + bytes - 1) / bytes * bytes;
    }

    /** Begins an argument. */
    private void begin(int alignment) {
        at = aligned(alignment);
        words[POINTERS + count++] = address(VALUES) + at;
    }

    /** The values up to {@link #end} are fields of one structure. */
    public KernelLaunch structure() {
        begin(2 * Long.BYTES);
        grouped = true;
        return this;
    }

    public KernelLaunch end() {
        grouped = false;
        return this;
    }

    public KernelLaunch pointer(long address) {
        return place(Long.BYTES, address);
    }

    public KernelLaunch integer(int value) {
        return place(Integer.BYTES, pair(value, 0));
    }

    public KernelLaunch real(double value) {
        return place(Float.BYTES, pair(Float.floatToRawIntBits((float) value), 0));
    }

    private static long pair(int low, int high) {
        return (low & 0xffff_ffffL) | ((long) high << Integer.SIZE);
    }

    private KernelLaunch attribute(int number, long value, long more) {
        int word = FIRST_ATTRIBUTE + attributeCount++ * ATTRIBUTE_WORDS;
        words[word] = number;
        words[word + 1] = value;
        words[word + 2] = more;
        return this;
    }

    /** Blocks that follow one another in x share a cluster. */
    public KernelLaunch cluster(int blocks) {
        return attribute(CLUSTER_DIMENSION, pair(blocks, 1), 1);
    }

    /** May start before the kernel in front of it has ended: it waits in the kernel for what it reads. */
    public KernelLaunch overlapping() {
        return attribute(PROGRAMMATIC_STREAM_SERIALIZATION, 1, 0);
    }

    /** Queues the kernel. The {@linkplain CudaContext#use context is current}. */
    public void launch(int x, int y, int z, int threads) {
        words[0] = pair(x, y);
        words[1] = pair(z, threads);
        words[2] = pair(1, 1);
        words[3] = kernel.sharedBytes();
        words[ATTRIBUTE_COUNT] = attributeCount;
        MemorySegment.copy(words, 0, block, ValueLayout.JAVA_LONG, 0, VALUES + at / Long.BYTES + 1);
        int code = launch.call(block.address(), kernel.function(), address(POINTERS), 0);
        if (code != 0) {
            context.driver().check(launch.name() + " " + kernel.name(), code);
        }
    }
}
