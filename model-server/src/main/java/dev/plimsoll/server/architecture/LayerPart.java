package dev.plimsoll.server.architecture;

import java.util.List;
import java.util.Map;

/** A part of every layer, such as its attention: modules, the weights that they make up, and what reads those. */
interface LayerPart {
    /**
     * Its modules in one layer.
     *
     * @param layer full name of the layer, such as {@code model.layers.0}
     * @param index of the layer in the model
     */
    ModuleNode module(String layer, int index);

    /** Its weights in one layer: the same roles in every layer. */
    List<Weight> weights(ModuleWeights layer, int index);

    /** Resources that hold its TorchScript methods. */
    List<String> scripts();

    /** Constants that the scripts read. */
    Map<String, Object> settings();
}
