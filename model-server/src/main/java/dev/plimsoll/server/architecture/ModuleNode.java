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
}
