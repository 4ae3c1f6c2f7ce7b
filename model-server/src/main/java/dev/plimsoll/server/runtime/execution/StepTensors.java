package dev.plimsoll.server.runtime.execution;

import ai.djl.pytorch.engine.PtNDArray;

/**
 * What {@code step.py} is told of a step, on one device.
 *
 * @param packed int64, the parts that {@code layout} counts, one behind the other
 * @param layout entries of: token ids [tokens], positions [tokens], places [tokens] of their keys and values in the
 *     KV cache, last [chosen] rows of hidden states that a token is chosen for, fresh [pages] that this step writes from
 *     their beginning, tables [decode rows, pages], pages of spans
 * @param spans of each prompt span: position, tokens, pages, and the first page or -1 where they are not contiguous
 * @param leastPosition of the decode rows
 */
@SuppressWarnings("ArrayRecordComponent")
record StepTensors(PtNDArray packed, long[] layout, long[] spans, long leastPosition) {
    StepTensors on(PtNDArray device) {
        return new StepTensors(device, layout, spans, leastPosition);
    }
}
