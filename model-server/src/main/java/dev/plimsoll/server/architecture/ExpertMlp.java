package dev.plimsoll.server.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A mixture of experts: each token goes to a few gated MLPs, chosen by a router. Some layers may have one MLP for all
 * tokens instead.
 *
 * @param dense the MLP of layers without experts
 * @param denseLayers indexes of those layers
 * @param intermediate width inside an expert
 * @param chosen experts that a token goes to
 * @param normalized whether the weights of the chosen ones add up to 1
 */
record ExpertMlp(
        GatedMlp dense, Set<Integer> denseLayers, int experts, int intermediate, int chosen, boolean normalized)
        implements LayerPart {

    @Override
    public ModuleNode module(String layer, int index) {
        if (denseLayers.contains(index)) {
            return dense.module(layer, index);
        }
        String name = layer + ".mlp";
        List<Parameter> parameters = new ArrayList<>();
        for (int expert = 0; expert < experts; expert++) {
            String prefix = name + ".experts." + expert;
            parameters.add(Parameter.stored(prefix + ".gate_proj.weight", intermediate, dense.hidden()));
            parameters.add(Parameter.stored(prefix + ".up_proj.weight", intermediate, dense.hidden()));
            parameters.add(Parameter.stored(prefix + ".down_proj.weight", dense.hidden(), intermediate));
        }
        return ModuleNode.container(
                name,
                dense.classes() + "SparseMoeBlock",
                new ModuleNode(name + ".experts", dense.classes() + "Experts", false, parameters, List.of()),
                ModuleNode.leaf(
                        name + ".gate",
                        dense.classes() + "TopKRouter",
                        Parameter.stored(name + ".gate.weight", experts, dense.hidden())));
    }

    @Override
    public List<Weight> weights(ModuleWeights layer, int index) {
        List<Weight> weights = new ArrayList<>(dense.weights(layer, index));
        weights.add(layer.whole("router", "mlp.gate.weight"));
        weights.add(layer.stacked("expert_gate_up_proj", "mlp.experts.gate_up", ofExperts("gate_proj", "up_proj")));
        weights.add(layer.stacked("expert_down_proj", "mlp.experts.down", ofExperts("down_proj")));
        return weights;
    }

    private List<String> ofExperts(String... projections) {
        return IntStream.range(0, experts)
                .boxed()
                .flatMap(expert -> List.of(projections).stream()
                        .map(projection -> "mlp.experts." + expert + "." + projection + ".weight"))
                .toList();
    }

    @Override
    public List<String> scripts() {
        return List.of("expert_mlp.py", dense.activation());
    }

    @Override
    public Map<String, Object> settings() {
        return Map.of("experts", (long) experts, "chosen_experts", (long) chosen, "normalize_chosen", normalized);
    }
}
