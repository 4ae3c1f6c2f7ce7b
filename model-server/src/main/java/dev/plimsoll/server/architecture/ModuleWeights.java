package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** The weights of one module, by the names of its parameters inside it. */
final class ModuleWeights {
    private final ModuleNode module;
    private final Map<String, Parameter> parameters = new HashMap<>();

    ModuleWeights(ModuleNode module) {
        this.module = module;
        module.allParameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
    }

    /** A unit that takes every parameter of a module as it is, in order, in these roles. */
    static ExecutionUnit unit(ExecutionUnit.Kind kind, ModuleNode module, String... roles) {
        List<Parameter> stored =
                module.allParameters().filter(parameter -> !parameter.buffer()).toList();
        if (stored.size() != roles.length) {
            throw new IllegalArgumentException(module.name() + " has " + stored.size() + " parameters");
        }
        return new ExecutionUnit(
                kind,
                module.name(),
                IntStream.range(0, roles.length)
                        .mapToObj(i -> fused(roles[i], stored.get(i).owner(), List.of(stored.get(i))))
                        .toList());
    }

    /** One parameter; a tensor without elements when the module does not have it. */
    Weight whole(String role, String path) {
        return stacked(role, path, List.of(path));
    }

    /** Several parameters, one under the other; a tensor without elements when the module has none of them. */
    Weight stacked(String role, String name, String... paths) {
        return stacked(role, name, List.of(paths));
    }

    Weight stacked(String role, String name, Iterable<String> paths) {
        List<Parameter> found = new ArrayList<>();
        for (String path : paths) {
            Parameter parameter = parameters.get(fullName(path));
            if (parameter != null) {
                found.add(parameter);
            }
        }
        return fused(role, fullName(name), found);
    }

    private String fullName(String path) {
        return module.name() + "." + path;
    }

    private static Weight fused(String role, String name, List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            return new Weight(role, name, Shape.of(0), Storage.DENSE, List.of());
        }
        List<Slice> slices = new ArrayList<>();
        long elements = 0;
        long rows = 0;
        for (Parameter parameter : parameters) {
            slices.add(Slice.whole(parameter.owner(), parameter.shape(), elements));
            elements += parameter.shape().elements();
            rows += Objects.requireNonNull(parameter.shape().dims().getFirst());
        }
        List<Long> dims = new ArrayList<>(parameters.getFirst().shape().dims());
        dims.set(0, rows);
        return new Weight(role, name, new Shape(dims), Storage.DENSE, slices);
    }
}
