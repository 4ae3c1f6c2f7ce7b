package dev.plimsoll.server.architecture;

import java.util.List;
import java.util.stream.Stream;

/**
 * A module and what it holds.
 *
 * @param name full name, such as {@code model.layers.0}; empty for the root
 * @param kind class name, such as {@code LlamaDecoderLayer}
 * @param noSplit whether all of it must live on one device
 * @param parameters its own, in declaration order
 */
public record ModuleNode(
        String name, String kind, boolean noSplit, List<Parameter> parameters, List<ModuleNode> children) {

    /** Every parameter of this module and of those below it, in declaration order. */
    public Stream<Parameter> allParameters() {
        return Stream.concat(parameters.stream(), children.stream().flatMap(ModuleNode::allParameters));
    }

    static ModuleNode container(String name, String kind, ModuleNode... children) {
        return container(name, kind, List.of(children));
    }

    static ModuleNode container(String name, String kind, List<ModuleNode> children) {
        return new ModuleNode(name, kind, false, List.of(), children);
    }

    /** A module that must not be split. */
    static ModuleNode whole(String name, String kind, List<ModuleNode> children) {
        return new ModuleNode(name, kind, true, List.of(), children);
    }

    static ModuleNode leaf(String name, String kind, Parameter... parameters) {
        return new ModuleNode(name, kind, false, List.of(parameters), List.of());
    }

    /** A weight [outputs, inputs] and, if asked for, a bias [outputs]. */
    static ModuleNode linear(String name, long outputs, long inputs, boolean bias) {
        Parameter weight = Parameter.stored(name + ".weight", outputs, inputs);
        return bias
                ? leaf(name, "Linear", weight, Parameter.stored(name + ".bias", outputs))
                : leaf(name, "Linear", weight);
    }

    /** A table [rows, width]. */
    static ModuleNode embedding(String name, long rows, long width) {
        return leaf(name, "Embedding", Parameter.stored(name + ".weight", rows, width));
    }

    /** A weight [width]. */
    static ModuleNode rmsNorm(String name, String kind, long width) {
        return leaf(name, kind, Parameter.stored(name + ".weight", width));
    }

    /** A weight and a bias, [width] each. */
    static ModuleNode layerNorm(String name, long width) {
        return leaf(
                name, "LayerNorm", Parameter.stored(name + ".weight", width), Parameter.stored(name + ".bias", width));
    }

    /** {@code lm_head}: a linear module whose weight is its own, or an embedding's. */
    static ModuleNode head(ModuleNode embedding, boolean tied) {
        Parameter table = embedding.parameters().getFirst();
        return leaf(
                "lm_head", "Linear", new Parameter("lm_head.weight", table.shape(), false, tied ? table.name() : null));
    }
}
