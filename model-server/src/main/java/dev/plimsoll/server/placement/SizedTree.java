package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.architecture.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * A module tree with its bytes for one element size, down to the modules that stay whole.
 *
 * @param parts the root, then everything below it, each before what it holds
 * @param largestBlock bytes of the largest layer, or of the largest set of tensors that one container holds itself
 * @param ties groups of parts each of which holds a parameter of the same storage, in the order of their names
 */
record SizedTree(List<Part> parts, long largestBlock, List<List<Part>> ties) {
    /**
     * What can be placed as one.
     *
     * @param index place among the {@link #parts}
     * @param parent its index; -1 for the root
     * @param end index behind the last part inside this one
     * @param bytes of everything inside; tied parameters count where they are owned
     * @param splits what it is split into, in the order in which that is placed; empty unless it is a container
     */
    record Part(String name, Kind kind, int index, int parent, int end, long bytes, List<Part> splits) {
        boolean holds(Part other) {
            return index <= other.index && other.index < end;
        }
    }

    /** Kinds of parts. */
    enum Kind {
        /** A parameter or buffer of a container. */
        TENSOR,
        /** A module that stays whole: it has no children or must not be split. */
        LAYER,
        /** A module that may be split. */
        CONTAINER
    }

    static SizedTree of(ModuleNode root, int elementBytes) {
        return new Builder(elementBytes).build(root);
    }

    Part root() {
        return parts.getFirst();
    }

    Part part(int index) {
        return parts.get(index);
    }

    private static final class Builder {
        private final int elementBytes;
        private final List<Part> parts = new ArrayList<>();
        private final Map<String, Integer> holders = new HashMap<>();
        private final SequencedMap<String, List<String>> tiedTo = new LinkedHashMap<>();
        private int next;
        private long largestBlock;

        Builder(int elementBytes) {
            this.elementBytes = elementBytes;
        }

        SizedTree build(ModuleNode root) {
            container(root, -1);
            parts.sort(Comparator.comparingInt(Part::index));
            List<List<Part>> ties = new ArrayList<>();
            tiedTo.forEach((owner, tied) -> {
                tied.add(owner);
                ties.add(tied.stream().sorted().map(this::holder).toList());
            });
            return new SizedTree(List.copyOf(parts), largestBlock, ties);
        }

        private Part holder(String parameter) {
            return parts.get(Objects.requireNonNull(holders.get(parameter), () -> "nothing holds " + parameter));
        }

        private Part module(ModuleNode module, int parent) {
            return module.noSplit() || module.children().isEmpty() ? layer(module, parent) : container(module, parent);
        }

        private Part layer(ModuleNode module, int parent) {
            int index = next++;
            long bytes = measure(module, index);
            largestBlock = Math.max(largestBlock, bytes);
            return noted(new Part(module.name(), Kind.LAYER, index, parent, next, bytes, List.of()));
        }

        private long measure(ModuleNode module, int holder) {
            long bytes = 0;
            for (Parameter tensor : module.parameters()) {
                bytes += bytes(tensor, holder);
            }
            for (ModuleNode child : module.children()) {
                bytes += measure(child, holder);
            }
            return bytes;
        }

        /** Buffers of a container are placed with none of its parts; only the root's have a place of their own. */
        private Part container(ModuleNode module, int parent) {
            int index = next++;
            boolean isRoot = parent < 0;
            List<Part> splits = new ArrayList<>();
            List<Part> buffers = new ArrayList<>();
            long own = 0;
            for (Parameter tensor : module.parameters()) {
                long bytes;
                if (isRoot || !tensor.buffer()) {
                    Part part = tensor(tensor, index);
                    (tensor.buffer() ? buffers : splits).add(part);
                    bytes = part.bytes();
                } else {
                    bytes = bytes(tensor, index);
                }
                own += bytes;
            }
            long bytes = own;
            for (ModuleNode child : module.children()) {
                Part part = module(child, index);
                splits.add(part);
                bytes += part.bytes();
            }
            splits.addAll(buffers);
            largestBlock = isRoot ? largestBlock : Math.max(largestBlock, own);
            return noted(new Part(module.name(), Kind.CONTAINER, index, parent, next, bytes, List.copyOf(splits)));
        }

        private Part tensor(Parameter tensor, int parent) {
            int index = next++;
            long bytes = bytes(tensor, index);
            return noted(new Part(tensor.name(), Kind.TENSOR, index, parent, next, bytes, List.of()));
        }

        private long bytes(Parameter tensor, int holder) {
            holders.put(tensor.name(), holder);
            String owner = tensor.tiedTo();
            if (owner != null) {
                tiedTo.computeIfAbsent(owner, name -> new ArrayList<>()).add(tensor.name());
                return 0;
            }
            return tensor.shape().elements() * (tensor.buffer() ? Float.BYTES : elementBytes);
        }

        private Part noted(Part part) {
            parts.add(part);
            return part;
        }
    }
}
