package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.CudaModule.Kernel;
import dev.plimsoll.server.cuda.KernelLaunch;
import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Matrix products of few rows by kernels that copy weights while the kernel before them still runs, for GPUs of compute
 * capability 9.0. They want inputs in multiples of 256 and outputs in multiples of 16.
 */
final class StreamedProducts {
    /** Rows of the largest product. */
    static final int MAX_ROWS = 32;

    /** Rows of the largest one whose result is elements: it has few outputs, and with more rows x costs as much as they. */
    static final int MAX_PLAIN_ROWS = 16;

    private static final int CAPABILITY = 90;
    private static final int BLOCK = 288;
    private static final int GROUP = 8;
    private static final int CHUNK = 1024;
    private static final int INPUTS = 256;
    private static final int OUTPUTS = 16;
    /** Three slots of 16 rows of a chunk, each 64 bytes longer than it is; two barriers for each. */
    private static final int RING_BYTES = 3 * 16 * (2 * CHUNK + 64);

    private static final int BARRIER_BYTES = 3 * 16;
    private static final int SUM_BYTES = 2 * 8 * 32 * 16;

    private final KernelLaunch launch;
    private final int multiprocessors;
    private final Map<Result, Kernels> kernels = new EnumMap<>(Result.class);

    /** What becomes of a product. */
    enum Result {
        /** Elements. */
        PRODUCT,
        /** Float32. */
        LOGITS,
        /** {@code silu(first half) * second half}. */
        SILU
    }

    /** By rows and by how many chunks of a row of x stay in registers; 0 is none. */
    private record Kernels(Kernel few2, Kernel few4, Kernel few0, Kernel many2, Kernel many0) {
        Kernel of(int rows, int inputs) {
            return rows > GROUP
                    ? inputs <= 2 * CHUNK ? many2 : many0
                    : inputs <= 2 * CHUNK ? few2 : inputs <= 4 * CHUNK ? few4 : few0;
        }
    }

    private StreamedProducts(CudaContext context, CudaModule module, KernelLaunch launch) {
        this.launch = launch;
        this.multiprocessors = context.multiprocessors();
        int few = RING_BYTES + BARRIER_BYTES + SUM_BYTES;
        int many = RING_BYTES + BARRIER_BYTES + MAX_ROWS / GROUP * SUM_BYTES;
        for (Result result : Result.values()) {
            String name = result.name().toLowerCase(Locale.ROOT);
            kernels.put(
                    result,
                    new Kernels(
                            module.kernel(name + "_8_2", few),
                            module.kernel(name + "_8_4", few),
                            module.kernel(name + "_8_0", few),
                            module.kernel(name + "_32_2", many),
                            module.kernel(name + "_32_0", many)));
        }
    }

    /** The kernels; empty where the GPU has none, or a width of the shape is not served. */
    static Optional<StreamedProducts> of(
            CudaContext context, CudaModule module, DenseShape shape, KernelLaunch launch) {
        boolean served = context.computeCapability() == CAPABILITY
                && shape.hidden() % INPUTS == 0
                && shape.queryWidth() % INPUTS == 0
                && shape.intermediate() % INPUTS == 0
                && shape.attentionWidth() % OUTPUTS == 0;
        return served ? Optional.of(new StreamedProducts(context, module, launch)) : Optional.empty();
    }

    /** Whether there is one for the logits of so many tokens. */
    static boolean servesLogits(int vocabulary) {
        return vocabulary % OUTPUTS == 0;
    }

    /** Whether a gate is a part of its product. */
    static boolean gates(Activation activation, long bias) {
        return activation == Activation.SILU && bias == 0;
    }

    /**
     * Queues {@code y = x * transposed(w)}.
     *
     * @param weight [outputs, inputs]
     * @param x [rows, inputs]
     * @param y rows of {@code stride} elements
     */
    void multiply(Result result, long weight, long x, long y, int rows, int outputs, int inputs, int stride) {
        launch.of(Objects.requireNonNull(kernels.get(result)).of(rows, inputs))
                .overlapping()
                .structure()
                .pointer(weight)
                .pointer(x)
                .pointer(y)
                .integer(rows)
                .integer(outputs)
                .integer(inputs)
                .integer(stride)
                .end()
                .launch(Math.min(multiprocessors, outputs / OUTPUTS), 1, 1, BLOCK);
    }
}
