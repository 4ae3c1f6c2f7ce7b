package dev.plimsoll.server.architecture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a config means.
 *
 * @param name class name, such as {@code LlamaForCausalLM}
 * @param task what its steps give
 * @param scripts resources that together hold the TorchScript methods of the family, such as {@code scores.py}
 * @param shape the widths that sizes and workspaces follow from
 * @param root module tree with names, shapes and ties as transformers has them
 * @param units what is executed, in order
 * @param settings constants that the TorchScript source reads, by name: {@code Long}, {@code Double}, {@code Boolean}
 *     or {@code float[]} (stored as a float32 tensor on each device)
 */
public record Architecture(
        String name,
        Task task,
        List<String> scripts,
        DecoderShape shape,
        ModuleNode root,
        List<ExecutionUnit> units,
        Map<String, Object> settings) {

    /** What a step gives for each run of tokens. */
    public enum Task {
        /** Logits of the token that follows. */
        GENERATE,
        /** A vector made of the hidden states of its tokens, as the checkpoint asks for; the whole input is one run. */
        EMBED
    }

    Architecture with(ModuleNode root, List<ExecutionUnit> units) {
        return new Architecture(name, task, scripts, shape, root, units, settings);
    }

    /** The same with other ways to make a vector of hidden states. */
    Architecture pooled(Pooling pooling) {
        Map<String, Object> changed = new HashMap<>(settings);
        changed.putAll(pooling.settings());
        return new Architecture(name, task, scripts, shape, root, units, changed);
    }

    /** The same for a checkpoint that calls its tensors something else. */
    Architecture storedAs(UnaryOperator<String> name) {
        return with(root, units.stream().map(unit -> unit.storedAs(name)).toList());
    }
}
