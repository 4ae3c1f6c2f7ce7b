package dev.plimsoll.server.architecture;

import java.util.List;
import java.util.Map;

/**
 * {@code down(activation(gate(x)) * up(x))}.
 *
 * @param classes how the names of the family's classes begin
 * @param activation resource that holds it
 * @param bias whether the projections have biases
 * @param fused whether gate and up are stored as one matrix, in this order
 */
record GatedMlp(String classes, int hidden, int intermediate, String activation, boolean bias, boolean fused)
        implements LayerPart {

    @Override
    public ModuleNode module(String layer, int index) {
        String name = layer + ".mlp";
        ModuleNode down = ModuleNode.linear(name + ".down_proj", hidden, intermediate, bias);
        return fused
                ? ModuleNode.container(
                        name,
                        classes + "MLP",
                        ModuleNode.linear(name + ".gate_up_proj", 2L * intermediate, hidden, bias),
                        down)
                : ModuleNode.container(
                        name,
                        classes + "MLP",
                        ModuleNode.linear(name + ".gate_proj", intermediate, hidden, bias),
                        ModuleNode.linear(name + ".up_proj", intermediate, hidden, bias),
                        down);
    }

    @Override
    public List<Weight> weights(ModuleWeights layer, int index) {
        return List.of(
                fused
                        ? layer.whole("gate_up_proj", "mlp.gate_up_proj.weight")
                        : layer.stacked("gate_up_proj", "mlp.gate_up", "mlp.gate_proj.weight", "mlp.up_proj.weight"),
                layer.stacked("gate_up_bias", "mlp.gate_up_bias", "mlp.gate_proj.bias", "mlp.up_proj.bias"),
                layer.whole("down_proj", "mlp.down_proj.weight"),
                layer.whole("down_bias", "mlp.down_proj.bias"));
    }

    @Override
    public List<String> scripts() {
        return List.of("gated_mlp.py", activation);
    }

    @Override
    public Map<String, Object> settings() {
        return Map.of();
    }
}
