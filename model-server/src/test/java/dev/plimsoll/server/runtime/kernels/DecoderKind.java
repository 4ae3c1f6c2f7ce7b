package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.util.List;

/** Decoders with random weights, which differ in what kernels differ for. */
@SuppressWarnings("ImmutableEnumChecker")
enum DecoderKind {
    /** Groups of 4, a window in every other layer. */
    NARROW(Element.BFLOAT16, 64, 8, 2, List.of(0, 48, 0), false, false, Activation.SILU),
    /** Groups of 8, biases. */
    WIDE(Element.BFLOAT16, 128, 8, 1, List.of(0, 0), true, false, Activation.SILU),
    /** A group of 9, norms of heads, a width that is not a multiple of a block. */
    ODD(Element.BFLOAT16, 64, 9, 1, List.of(0, 100), false, true, Activation.GELU_TANH),
    /** A head each, float16. */
    HALF(Element.FLOAT16, 128, 3, 3, List.of(0, 17), true, true, Activation.GELU),
    /** Products of our own, x in registers. */
    STREAMED(Element.BFLOAT16, 64, 512, 768, 8, 2, List.of(0, 0, 0), true, false, Activation.SILU),
    /** Products of our own, x read again for each tile, float16; a gate that is not a part of its product. */
    LONG(Element.FLOAT16, 128, 2304, 4352, 4, 2, List.of(0, 40), false, true, Activation.GELU_TANH);

    private static final int VOCABULARY = 9008;
    static final EngineLimits LIMITS = new EngineLimits(40, 320, 512, 800, VOCABULARY, 0, 0, 2);

    private final DenseShape shape;
    private final boolean biases;
    private final boolean norms;

    DecoderKind(
            Element type,
            int width,
            int heads,
            int keyValueHeads,
            List<Integer> windows,
            boolean biases,
            boolean norms,
            Activation activation) {
        this(type, width, heads * 40, heads * 88, heads, keyValueHeads, windows, biases, norms, activation);
    }

    DecoderKind(
            Element type,
            int width,
            int hidden,
            int intermediate,
            int heads,
            int keyValueHeads,
            List<Integer> windows,
            boolean biases,
            boolean norms,
            Activation activation) {
        this.shape = new DenseShape(
                type,
                hidden,
                intermediate,
                heads,
                keyValueHeads,
                width,
                VOCABULARY,
                windows,
                1 / Math.sqrt(width),
                1e-6,
                activation);
        this.biases = biases;
        this.norms = norms;
    }

    GpuDecoder open() {
        return new GpuDecoder(shape, biases, norms, LIMITS);
    }
}
