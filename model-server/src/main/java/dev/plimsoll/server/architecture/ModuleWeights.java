package dev.plimsoll.server.architecture;

import dev.plimsoll.server.architecture.ExecutionUnit.Part;
import dev.plimsoll.server.architecture.ExecutionUnit.WeightTensor;
import dev.plimsoll.server.checkpoint.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The device tensors of one module, by the names of its parameters inside it. */
final class ModuleWeights {
    private final ModuleNode module;
    private final Map<String, Parameter> parameters = new HashMap<>();

    ModuleWeights(ModuleNode module) {
        this.module = module;
        module.allParameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
    }

    /** A unit that takes every parameter of a module as it is, in order. */
    static ExecutionUnit unit(ExecutionUnit.Kind kind, ModuleNode module) {
        return new ExecutionUnit(
                kind,
                module.name(),
                module.allParameters()
                        .filter(parameter -> !parameter.buffer())
                        .map(parameter -> fused(parameter.owner(), List.of(parameter)))
                        .toList());
    }

    /** One parameter; a tensor without elements when the module does not have it. */
    WeightTensor whole(String path) {
        return stacked(path, path);
    }

    /** Several parameters, one under the other; a tensor without elements when the module has none of them. */
    WeightTensor stacked(String name, String... paths) {
        return stacked(name, List.of(paths));
    }

    WeightTensor stacked(String name, Iterable<String> paths) {
        List<Parameter> found = new ArrayList<>();
        for (String path : paths) {
            Parameter parameter = parameters.get(fullName(path));
            if (parameter != null) {
                found.add(parameter);
            }
        }
        return fused(fullName(name), found);
    }

    /** A setting that differs from layer to layer: no element, only extents, which TorchScript can read. */
    WeightTensor extents(String name, long... dims) {
        return new WeightTensor(fullName(name), Shape.of(dims), List.of());
    }

    private String fullName(String path) {
        return module.name() + "." + path;
    }

    private static WeightTensor fused(String name, List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            return new WeightTensor(name, Shape.of(0), List.of());
        }
        List<Part> parts = new ArrayList<>();
        long elements = 0;
        long rows = 0;
        for (Parameter parameter : parameters) {
            parts.add(new Part(parameter.owner(), elements));
            elements += parameter.shape().elements();
            rows += Objects.requireNonNull(parameter.shape().dims().getFirst());
        }
        List<Long> dims = new ArrayList<>(parameters.getFirst().shape().dims());
        dims.set(0, rows);
        return new WeightTensor(name, new Shape(dims), parts);
    }
}
