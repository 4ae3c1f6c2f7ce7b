package dev.plimsoll.server.architecture;

/**
 * What a family means when its config does not say.
 *
 * @param maxPositions tokens of a sequence
 * @param keyValueHeads heads of the KV cache; 0 means as many as query heads
 * @param headDim width of a head; 0 means the hidden width shared among the heads
 */
record DecoderDefaults(int maxPositions, int keyValueHeads, int headDim) {}
