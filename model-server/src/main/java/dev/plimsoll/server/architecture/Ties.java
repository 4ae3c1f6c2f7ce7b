package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Checkpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What becomes of parameters that a config ties, once it is known what a checkpoint holds. Where both are stored they are
 * not tied: the weights know better than the config. Where only the tied one is stored, its owner takes its values from
 * there.
 *
 * @param untied tied by the config, but stored beside their owners
 * @param storedElsewhere names in the checkpoint of owners that are stored under a tied parameter's name alone
 * @see <a href="https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_utils.py">the reference:
 *     {@code tie_weights}</a>
 */
record Ties(Set<String> untied, Map<String, String> storedElsewhere) {
    /** @param stored name of a parameter in the checkpoint */
    static Ties of(Architecture architecture, Checkpoint checkpoint, UnaryOperator<String> stored) {
        Set<String> untied = new HashSet<>();
        Map<String, String> elsewhere = new HashMap<>();
        architecture
                .root()
                .allParameters()
                .filter(parameter -> parameter.tiedTo() != null)
                .forEach(parameter -> {
                    String owner = Objects.requireNonNull(parameter.tiedTo());
                    String own = stored.apply(parameter.name());
                    if (!checkpoint.tensors().containsKey(own)) {
                        return;
                    }
                    if (checkpoint.tensors().containsKey(stored.apply(owner))) {
                        untied.add(parameter.name());
                    } else {
                        elsewhere.put(owner, own);
                    }
                });
        return new Ties(untied, elsewhere);
    }

    /** The same architecture with parameters of their own in place of those that are not tied. */
    Architecture apply(Architecture architecture) {
        if (untied.isEmpty()) {
            return architecture;
        }
        ModuleNode root = untie(architecture.root());
        Map<String, ModuleNode> changed = new HashMap<>();
        collect(root, changed);
        List<ExecutionUnit> units = architecture.units().stream()
                .map(unit -> changed.containsKey(unit.module())
                        ? ModuleWeights.unit(
                                unit.kind(),
                                Objects.requireNonNull(changed.get(unit.module())),
                                unit.weights().stream().map(Weight::role).toArray(String[]::new))
                        : unit)
                .toList();
        return architecture.with(root, units);
    }

    private ModuleNode untie(ModuleNode node) {
        return new ModuleNode(
                node.name(),
                node.kind(),
                node.noSplit(),
                node.parameters().stream()
                        .map(parameter -> untied.contains(parameter.name())
                                ? new Parameter(parameter.name(), parameter.shape(), false, null)
                                : parameter)
                        .toList(),
                node.children().stream().map(this::untie).toList());
    }

    private void collect(ModuleNode node, Map<String, ModuleNode> changed) {
        if (node.parameters().stream().anyMatch(parameter -> untied.contains(parameter.name()))) {
            changed.put(node.name(), node);
        }
        node.children().forEach(child -> collect(child, changed));
    }
}
