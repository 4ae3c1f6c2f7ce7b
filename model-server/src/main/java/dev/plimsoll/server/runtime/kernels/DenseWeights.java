package dev.plimsoll.server.runtime.kernels;

import java.util.List;

/**
 * Addresses on the GPU of a dense decoder's weights, row-major; 0 for what it does not have.
 *
 * @param embedding [vocabulary, hidden]
 * @param norm [hidden], of the last norm
 * @param head [vocabulary, hidden]
 */
public record DenseWeights(long embedding, List<Layer> layers, long norm, long head) {
    public DenseWeights {
        layers = List.copyOf(layers);
    }

    /**
     * One layer's.
     *
     * @param inputNorm [hidden]
     * @param attention queries, keys and values: [(heads + 2 * key and value heads) * width, hidden]
     * @param attentionBias or 0
     * @param queryNorm [width], or 0
     * @param keyNorm [width], or 0
     * @param output [hidden, heads * width]
     * @param outputBias or 0
     * @param mlpNorm [hidden]
     * @param gateUp [2 * intermediate, hidden], the gate first
     * @param gateUpBias or 0
     * @param down [hidden, intermediate]
     * @param downBias or 0
     */
    public record Layer(
            long inputNorm,
            long attention,
            long attentionBias,
            long queryNorm,
            long keyNorm,
            long output,
            long outputBias,
            long mlpNorm,
            long gateUp,
            long gateUpBias,
            long down,
            long downBias) {}
}
