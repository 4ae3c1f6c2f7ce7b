package dev.plimsoll.server.architecture;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What runs on one device at a time: the embedding, one layer, the last norm, the head.
 *
 * @param module name of the module whose parameters it takes, such as {@code model.layers.0}
 * @param weights what it runs with
 * @param window tokens that a layer's attention sees, each one itself included; 0 is all
 */
public record ExecutionUnit(Kind kind, String module, List<Weight> weights, int window) {
    ExecutionUnit(Kind kind, String module, List<Weight> weights) {
        this(kind, module, weights, 0);
    }

    /** Whether a weight is its module's own, not tied to another module's. */
    public boolean owns(Weight weight) {
        return weight.name().startsWith(module + ".");
    }

    ExecutionUnit storedAs(UnaryOperator<String> name) {
        return new ExecutionUnit(
                kind,
                module,
                weights.stream().map(weight -> weight.storedAs(name)).toList(),
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
}
