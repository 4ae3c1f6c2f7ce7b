package dev.plimsoll.server.runtime.kernels;

import java.util.List;
import java.util.Optional;

/**
 * A decoder with RMS norms, rotary positions, grouped-query attention and gated MLPs.
 *
 * @param type of weights, cache and activations
 * @param hidden width of the residual stream
 * @param intermediate width inside the MLP
 * @param windows tokens that each layer sees, itself included; 0 means all
 * @param scale that scores are multiplied by
 * @param epsilon of the norms
 */
public record DenseShape(
        KernelImage.Element type,
        int hidden,
        int intermediate,
        int heads,
        int keyValueHeads,
        int headDim,
        int vocabulary,
        List<Integer> windows,
        double scale,
        double epsilon,
        Activation activation) {
    /** Elements that a thread loads at once. */
    private static final int VECTOR = 8;

    private static final int MAX_HIDDEN = 8192;

    /** What the gate of the MLP goes through. */
    public enum Activation {
        SILU,
        GELU,
        GELU_TANH,
        RELU
    }

    public DenseShape {
        windows = List.copyOf(windows);
    }

    /** Why the kernels do not serve this shape; empty when they do. */
    public Optional<String> refusal() {
        if (headDim != 64 && headDim != 128) {
            return Optional.of("its heads have " + headDim + " elements; there are kernels for 64 and 128");
        }
        if (hidden % VECTOR != 0 || intermediate % VECTOR != 0 || hidden > MAX_HIDDEN) {
            return Optional.of("it is " + hidden + " and " + intermediate + " wide; kernels want multiples of " + VECTOR
                    + ", the first at most " + MAX_HIDDEN);
        }
        return Optional.empty();
    }

    int layers() {
        return windows.size();
    }

    int queryWidth() {
        return heads * headDim;
    }

    /** Width of queries, keys and values of one token. */
    int attentionWidth() {
        return (heads + 2 * keyValueHeads) * headDim;
    }

    /** Elements of a layer's keys, and of its values, for each token. */
    int keyWidth() {
        return keyValueHeads * headDim;
    }

    /** Elements from a row of logits to the next. */
    int logitStride() {
        return Math.ceilDiv(vocabulary, VECTOR) * VECTOR;
    }
}
