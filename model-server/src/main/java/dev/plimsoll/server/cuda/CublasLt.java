package dev.plimsoll.server.cuda;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.foreign.NativeFunction;
import dev.plimsoll.server.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Matrix products of cuBLAS on one GPU. For one thread.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cublas/#using-the-cublaslt-api">cublasLt</a>
 */
public final class CublasLt implements AutoCloseable {
    private static final int COMPUTE_FLOAT32 = 68;
    private static final int FLOAT32 = 0;
    private static final int TRANSPOSE_FIRST = 3;
    private static final int TRANSPOSED = 1;
    private static final int MAX_WORKSPACE_BYTES = 1;
    /** {@code cublasLtMatmulHeuristicResult_t}: the algorithm's 64 bytes, its workspace, whether it is one, and more. */
    private static final int ALGORITHM_BYTES = 96;

    private static final int STATE_OFFSET = 72;
    /** What products may use on the GPU while they run. */
    public static final long WORKSPACE_BYTES = 32L << 20;

    private static final int MAX_ALGORITHMS = 8;

    private final CudaContext context;
    private final NativeLibrary library;
    private final NativeFunction multiply;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    private final MemorySegment zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0);
    private final long workspace;
    private final long handle;
    private final long preference;

    /** What elements are; the values are those of {@code cudaDataType}. */
    public enum Type {
        FLOAT32(0),
        FLOAT16(2),
        BFLOAT16(14);

        private final int code;

        Type(int code) {
            this.code = code;
        }
    }

    /**
     * Starts cuBLAS.
     *
     * @param file {@code libcublasLt.so.*}
     */
    public CublasLt(CudaContext context, Path file) {
        this.context = context;
        this.library = NativeLibrary.open(file);
        this.multiply = library.function("cublasLtMatmul", 16);
        context.use();
        this.handle = made("cublasLtCreate");
        this.workspace = context.allocate(WORKSPACE_BYTES);
        this.preference = made("cublasLtMatmulPreferenceCreate");
        set(
                "cublasLtMatmulPreferenceSetAttribute",
                preference,
                MAX_WORKSPACE_BYTES,
                arena.allocateFrom(ValueLayout.JAVA_LONG, WORKSPACE_BYTES));
    }

    private long made(String function, long... arguments) {
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        long[] all = new long[1 + arguments.length];
        all[0] = out.address();
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        check(function, library.function(function, all.length).callAll(all));
        return out.get(ValueLayout.JAVA_LONG, 0);
    }

    private void set(String function, long object, int attribute, MemorySegment value) {
        check(function, library.function(function, 4).call(object, attribute, value.address(), value.byteSize()));
    }

    private static void check(String function, int code) {
        if (code != 0) {
            throw new PlimsollException(Reason.EngineFailed, function + " gives " + code);
        }
    }

    /**
     * {@code y = x * transposed(w)} with a weight {@code w} of [outputs, inputs], {@code x} of [rows, inputs] and
     * {@code y} of [rows, stride], all row-major, by one algorithm of several.
     */
    public final class Product {
        private final long description;
        private final long first;
        private final long second;
        private final long result;
        private final MemorySegment algorithms = arena.allocate((long) MAX_ALGORITHMS * ALGORITHM_BYTES, Long.BYTES);
        private final int count;
        private int chosen;

        private Product(Type type, Type resultType, int outputs, int inputs, int rows, int stride) {
            context.use();
            description = made("cublasLtMatmulDescCreate", COMPUTE_FLOAT32, FLOAT32);
            set(
                    "cublasLtMatmulDescSetAttribute",
                    description,
                    TRANSPOSE_FIRST,
                    arena.allocateFrom(ValueLayout.JAVA_INT, TRANSPOSED));
            first = made("cublasLtMatrixLayoutCreate", type.code, inputs, outputs, inputs);
            second = made("cublasLtMatrixLayoutCreate", type.code, inputs, rows, inputs);
            result = made("cublasLtMatrixLayoutCreate", resultType.code, outputs, rows, stride);
            MemorySegment found = arena.allocate(ValueLayout.JAVA_INT);
            check(
                    "cublasLtMatmulAlgoGetHeuristic",
                    library.function("cublasLtMatmulAlgoGetHeuristic", 10)
                            .callAll(
                                    handle,
                                    description,
                                    first,
                                    second,
                                    result,
                                    result,
                                    preference,
                                    MAX_ALGORITHMS,
                                    algorithms.address(),
                                    found.address()));
            int usable = 0;
            while (usable < found.get(ValueLayout.JAVA_INT, 0)
                    && algorithms.get(ValueLayout.JAVA_INT, (long) usable * ALGORITHM_BYTES + STATE_OFFSET) == 0) {
                usable++;
            }
            if (usable == 0) {
                throw new PlimsollException(
                        Reason.EngineFailed, "cuBLAS has no product of [" + outputs + ", " + inputs + "] by " + rows);
            }
            count = usable;
        }

        /** Algorithms that there are, the one that is expected to be fastest first. */
        public int algorithms() {
            return count;
        }

        /** Takes another algorithm than the first. */
        public void choose(int algorithm) {
            chosen = algorithm;
        }

        /** Queues it. The {@linkplain CudaContext#use context is current}. */
        public void run(long weight, long x, long y, long stream) {
            check(
                    multiply.name(),
                    multiply.call(
                            handle,
                            description,
                            one.address(),
                            weight,
                            first,
                            x,
                            second,
                            zero.address(),
                            y,
                            result,
                            y,
                            result,
                            algorithms.address() + (long) chosen * ALGORITHM_BYTES,
                            workspace,
                            WORKSPACE_BYTES,
                            stream));
        }
    }

    /**
     * A product of one shape.
     *
     * @param type of weight and {@code x}
     * @param resultType of {@code y}
     * @param stride elements from a row of {@code y} to the next
     */
    public Product product(Type type, Type resultType, int outputs, int inputs, int rows, int stride) {
        return new Product(type, resultType, outputs, inputs, rows, stride);
    }

    @Override
    public void close() {
        context.use();
        check("cublasLtDestroy", library.function("cublasLtDestroy", 1).call(handle));
        context.free(workspace);
        arena.close();
    }
}
