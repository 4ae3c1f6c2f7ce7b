package dev.plimsoll.server.architecture;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a config means.
 *
 * @param name class name, such as {@code LlamaForCausalLM}
 * @param scripts resources that together hold the TorchScript methods of the family, such as {@code scores.py}
 * @param shape the widths that sizes and workspaces follow from
 * @param root module tree with names, shapes and ties as transformers has them
 * @param units what is executed, in order
 * @param settings constants that the TorchScript source reads, by name: {@code Long}, {@code Double}, {@code Boolean}
 *     or {@code float[]} (stored as a float32 tensor on each device)
 */
public record Architecture(
        String name,
        List<String> scripts,
        DecoderShape shape,
        ModuleNode root,
        List<ExecutionUnit> units,
        Map<String, Object> settings) {

    /** The same for a checkpoint that calls its tensors something else. */
    Architecture storedAs(UnaryOperator<String> name) {
        return new Architecture(
                this.name,
                scripts,
                shape,
                root,
                units.stream().map(unit -> unit.storedAs(name)).toList(),
                settings);
    }
}
