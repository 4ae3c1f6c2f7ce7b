package dev.plimsoll.server.placement;

import dev.plimsoll.server.placement.SizedTree.Kind;
import dev.plimsoll.server.placement.SizedTree.Part;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * Bytes that transformers keeps free for the largest layer that waits for its place.
 *
 * <p>That size is looked up anew only when each layer that had it has been taken up, or when a module is split. So it
 * can stand for a layer that was placed along with the one it is tied to.
 */
final class Reserve {
    private final SizedTree tree;
    private final TreeMap<Long, Integer> waiting = new TreeMap<>();
    private final int[] takenAt;
    private int lookUps;
    private long bytes;
    private int ofThatSize;

    Reserve(SizedTree tree) {
        this.tree = tree;
        this.takenAt = new int[tree.parts().size()];
        Arrays.fill(takenAt, -1);
        putBack(tree.root());
        tree.root().splits().stream().filter(part -> part.kind() == Kind.TENSOR).forEach(this::add);
        find();
        tree.root().splits().stream().filter(part -> part.kind() == Kind.TENSOR).forEach(this::drop);
    }

    long bytes() {
        return bytes;
    }

    /** A part is being looked at: its layers no longer wait. */
    void take(Part part) {
        for (int i = part.index(); i < part.end(); i++) {
            Part inside = tree.part(i);
            boolean counted = inside.kind() == Kind.LAYER || (part.kind() == Kind.TENSOR && lookUps == 0);
            if (counted && inside.bytes() == bytes && takenAt[i] != lookUps) {
                ofThatSize--;
            }
        }
        remove(part);
        if (ofThatSize == 0) {
            lookUp();
        }
        Arrays.fill(takenAt, part.index(), part.end(), lookUps);
    }

    /** A part is placed without having been looked at. */
    void remove(Part part) {
        for (int i = part.index(); i < part.end(); i++) {
            if (tree.part(i).kind() == Kind.LAYER) {
                drop(tree.part(i));
            }
        }
    }

    /** A part that was taken waits again. */
    void putBack(Part part) {
        for (int i = part.index(); i < part.end(); i++) {
            if (tree.part(i).kind() == Kind.LAYER) {
                add(tree.part(i));
            }
        }
    }

    void lookUp() {
        lookUps++;
        find();
    }

    private void find() {
        bytes = waiting.isEmpty() ? 0 : waiting.lastKey();
        ofThatSize = waiting.isEmpty() ? 0 : waiting.lastEntry().getValue();
    }

    private void add(Part part) {
        waiting.merge(part.bytes(), 1, Integer::sum);
    }

    private void drop(Part part) {
        waiting.computeIfPresent(part.bytes(), (size, count) -> count == 1 ? null : count - 1);
    }
}
