package dev.plimsoll.server.architecture;

/**
 * Widths of a decoder or encoder.
 *
 * @param layers decoder layers
 * @param hidden width of the residual stream
 * @param intermediate width inside the MLP; of experts, with half a hidden width for the copies of the rows that go to them
 * @param heads query heads
 * @param keyValueHeads heads of the KV cache; 0 for an encoder, which has none
 * @param headDim width of a head
 * @param vocabulary rows of the embedding
 * @param maxPositions tokens of a sequence that the model was made for
 */
public record DecoderShape(
        int layers,
        int hidden,
        int intermediate,
        int heads,
        int keyValueHeads,
        int headDim,
        int vocabulary,
        int maxPositions) {

    DecoderShape withIntermediate(int width) {
        return new DecoderShape(layers, hidden, width, heads, keyValueHeads, headDim, vocabulary, maxPositions);
    }
}
