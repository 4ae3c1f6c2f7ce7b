package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CublasLt;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.KernelLaunch;
import dev.plimsoll.server.runtime.kernels.DenseWeights.Layer;
import dev.plimsoll.server.runtime.kernels.StreamedProducts.Result;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The matrix products of a step: cuBLAS's, or our own where a step has few rows and the GPU is one for it. */
final class DenseProducts {
    private static final int VECTOR = 8;

    private final DenseShape shape;
    private final CublasLt cublas;
    private final KernelLaunch launch;
    private final @Nullable StreamedProducts streamed;
    /** By number of rows. */
    private final Map<Integer, Map<Role, CublasLt.Product>> products = new HashMap<>();

    /** Whether the step that is queued now has products of our own. */
    private boolean streaming;

    /** What a product is for: its shape follows. */
    enum Role {
        ATTENTION,
        OUTPUT,
        GATE_UP,
        DOWN,
        LOGITS
    }

    DenseProducts(CudaContext context, CudaModule module, DenseShape shape, CublasLt cublas, KernelLaunch launch) {
        this.shape = shape;
        this.cublas = cublas;
        this.launch = launch;
        this.streamed = StreamedProducts.of(context, module, shape, launch).orElse(null);
    }

    /** Begins a step of so many tokens: they decide whose products it has. */
    void begin(int tokens) {
        streaming = streamed != null && tokens <= StreamedProducts.MAX_ROWS;
    }

    /** Begins products that are cuBLAS's whatever their number of rows. */
    void beginWithCublas() {
        streaming = false;
    }

    /** Rows of products that are in no graph: padded, so that there are few kinds of them. */
    int rows(int rows) {
        return streaming ? Math.ceilDiv(rows, VECTOR) * VECTOR : DenseMemory.padded(rows);
    }

    /** {@code y = x * weight}. */
    void multiply(Role role, long weight, long x, long y, int rows) {
        if (streaming && rows <= StreamedProducts.MAX_PLAIN_ROWS) {
            stream(Result.PRODUCT, role, weight, x, y, rows);
        } else {
            product(role, rows).run(weight, x, y, launch.stream());
        }
    }

    private void stream(Result result, Role role, long weight, long x, long y, int rows) {
        int outputs = outputs(role);
        int stride =
                switch (result) {
                    case PRODUCT -> outputs;
                    case LOGITS -> shape.logitStride();
                    case SILU -> outputs / 2;
                };
        Objects.requireNonNull(streamed).multiply(result, weight, x, y, rows, outputs, inputs(role), stride);
    }

    private CublasLt.Product product(Role role, int rows) {
        return products.computeIfAbsent(rows, any -> new EnumMap<>(Role.class))
                .computeIfAbsent(
                        role,
                        any -> role == Role.LOGITS
                                ? cublas.product(
                                        shape.type().product(),
                                        CublasLt.Type.FLOAT32,
                                        outputs(role),
                                        inputs(role),
                                        rows,
                                        shape.logitStride())
                                : cublas.product(
                                        shape.type().product(),
                                        shape.type().product(),
                                        outputs(role),
                                        inputs(role),
                                        rows,
                                        outputs(role)));
    }

    private int outputs(Role role) {
        return switch (role) {
            case ATTENTION -> shape.attentionWidth();
            case OUTPUT, DOWN -> shape.hidden();
            case GATE_UP -> 2 * shape.intermediate();
            case LOGITS -> shape.vocabulary();
        };
    }

    private int inputs(Role role) {
        return switch (role) {
            case ATTENTION, GATE_UP, LOGITS -> shape.hidden();
            case OUTPUT -> shape.queryWidth();
            case DOWN -> shape.intermediate();
        };
    }

    /**
     * Products and activation of an MLP in one, where there is such a kernel.
     *
     * @return false where there is none, and nothing was queued
     */
    boolean gated(Layer layer, long x, long activated, int rows) {
        if (!streaming || !StreamedProducts.gates(shape.activation(), layer.gateUpBias())) {
            return false;
        }
        stream(Result.SILU, Role.GATE_UP, layer.gateUp(), x, activated, rows);
        return true;
    }

    /** Logits in float32, {@link DenseShape#logitStride} apart. */
    void logits(long head, long x, long logits, int rows) {
        if (streaming && StreamedProducts.servesLogits(shape.vocabulary())) {
            stream(Result.LOGITS, Role.LOGITS, head, x, logits, rows);
        } else {
            product(Role.LOGITS, rows).run(head, x, logits, launch.stream());
        }
    }
}
