package dev.plimsoll.server.placement;

import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.placement.SizedTree.Part;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Names parts that share a device by the largest module that holds nothing else; such names come last. */
final class Folding {
    private final SizedTree tree;
    private final List<Assignment> placed;
    private final int[] counts;
    private final boolean[] mixed;
    private final @Nullable DeviceId[] devices;

    /** A part and its place. */
    record Assignment(Part part, DeviceId device) {}

    private Folding(SizedTree tree, List<Assignment> placed) {
        this.tree = tree;
        this.placed = placed;
        this.counts = new int[tree.parts().size()];
        this.mixed = new boolean[counts.length];
        this.devices = new DeviceId[counts.length];
    }

    static SequencedMap<String, DeviceId> fold(SizedTree tree, List<Assignment> placed) {
        return new Folding(tree, placed).fold();
    }

    private SequencedMap<String, DeviceId> fold() {
        placed.forEach(this::count);
        SequencedMap<String, DeviceId> single = new LinkedHashMap<>();
        SequencedMap<String, DeviceId> folded = new LinkedHashMap<>();
        for (Assignment assignment : placed) {
            Part part = assignment.part();
            Part widest = widest(part);
            (widest.index() == part.index() ? single : folded).put(widest.name(), assignment.device());
        }
        single.putAll(folded);
        return single;
    }

    private void count(Assignment assignment) {
        DeviceId device = assignment.device();
        for (int i = assignment.part().parent(); i >= 0; i = tree.part(i).parent()) {
            mixed[i] |= devices[i] != null && !device.equals(devices[i]);
            devices[i] = device;
            counts[i]++;
        }
    }

    private Part widest(Part part) {
        Part widest = part;
        for (int i = part.parent(); i >= 0; i = tree.part(i).parent()) {
            if (!mixed[i] && counts[i] > 1) {
                widest = tree.part(i);
            }
        }
        return widest;
    }
}
