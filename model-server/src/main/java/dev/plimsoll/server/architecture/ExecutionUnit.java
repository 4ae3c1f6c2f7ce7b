package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What runs on one device at a time: the embedding, one layer, the last norm, the head.
 *
 * @param module name of the module whose parameters it takes, such as {@code model.layers.0}
 * @param weights device tensors, by what the source that runs them calls them
 * @param window tokens that a layer's attention sees, each one itself included; 0 is all
 */
public record ExecutionUnit(Kind kind, String module, List<WeightTensor> weights, int window) {
    ExecutionUnit(Kind kind, String module, List<WeightTensor> weights) {
        this(kind, module, weights, 0);
    }

    ExecutionUnit storedAs(UnaryOperator<String> name) {
        return new ExecutionUnit(
                kind,
                module,
                weights.stream()
                        .map(weight -> new WeightTensor(
                                weight.role(),
                                weight.name(),
                                weight.shape(),
                                weight.parts().stream()
                                        .map(part -> new Part(name.apply(part.parameter()), part.element()))
                                        .toList()))
                        .toList(),
                window);
    }

    /** The part that a unit plays. */
    public enum Kind {
        /** Token ids to hidden states. */
        EMBEDDING,
        /** Adds learned positions. */
        POSITIONS,
        LAYER,
        /** What follows the last layer. */
        NORM,
        /** Hidden states to logits. */
        HEAD
    }

    /**
     * A tensor on a device.
     *
     * @param role what the source that runs the unit calls it, such as {@code qkv_proj}; the same in every layer
     * @param name of its own on each device: a parameter's, or one for those that are fused
     * @param shape on the device; {@code [0]} for a bias that this checkpoint does not have
     * @param parts the checkpoint's tensors that make it up: one, several that are fused, or none
     */
    public record WeightTensor(String role, String name, Shape shape, List<Part> parts) {}

    /**
     * A checkpoint's tensor inside a device tensor.
     *
     * @param parameter name in the checkpoint
     * @param element first element in the device tensor, row-major
     */
    public record Part(String parameter, long element) {}
}
