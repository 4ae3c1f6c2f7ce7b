package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Shape;
import java.util.List;

/**
 * What runs on one device at a time: the embedding, one layer, or the head.
 *
 * @param modules names of the modules whose parameters it takes, such as {@code model.norm} and {@code lm_head}
 * @param weights device tensors in the order in which the TorchScript source indexes them
 */
public record ExecutionUnit(Kind kind, List<String> modules, List<WeightTensor> weights) {

    /** The part that a unit plays. */
    public enum Kind {
        EMBEDDING,
        LAYER,
        HEAD
    }

    /**
     * A tensor on a device.
     *
     * @param shape on the device; no dimension, {@code [0]}, for a bias that this checkpoint does not have
     * @param parts the checkpoint's tensors that make it up: one, or several that are fused
     */
    public record WeightTensor(String name, Shape shape, List<Part> parts) {}

    /**
     * A checkpoint's tensor inside a device tensor.
     *
     * @param parameter name in the checkpoint
     * @param element first element in the device tensor, row-major
     */
    public record Part(String parameter, long element) {}
}
