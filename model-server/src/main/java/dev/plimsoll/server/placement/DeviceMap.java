package dev.plimsoll.server.placement;

import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.placement.SizedTree.Kind;
import dev.plimsoll.server.placement.SizedTree.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The device map that transformers 5.23 gives for {@code sequential}, {@code balanced} and {@code balanced_low_0}.
 *
 * <p>Modules are taken in order, each goes where there is room, and no earlier device is tried again. What does not fit
 * is split, unless it must stay whole; then the next device is tried. Modules tied to the one being placed go along
 * with it. The first GPU and the host keep room for the largest layer that waits.
 *
 * @see <a
 *     href="https://github.com/huggingface/transformers/blob/main/src/transformers/integrations/accelerate.py">the
 *     reference</a>
 */
final class DeviceMap {
    private final SizedTree tree;
    private final SequencedMap<DeviceId, Long> limits;
    private final List<DeviceId> devices;
    private final Reserve reserve;
    private final Deque<Part> waiting = new ArrayDeque<>();
    private final @Nullable State[] states;
    private final List<Folding.Assignment> placed = new ArrayList<>();
    private int current;
    private long used;

    private enum State {
        WAITING,
        PLACED,
        SPLIT
    }

    private DeviceMap(SizedTree tree, SequencedMap<DeviceId, Long> limits) {
        this.tree = tree;
        this.limits = limits;
        this.devices = new ArrayList<>(limits.keySet());
        if (!limits.containsKey(DeviceId.DISK)) {
            devices.add(DeviceId.DISK);
        }
        this.reserve = new Reserve(tree);
        this.states = new State[tree.parts().size()];
        split(tree.root());
    }

    /**
     * Device by module; modules below that share a device are named by their parent, and the empty name stands for
     * everything.
     *
     * @param elementBytes of the dtype; buffers are float32 in any case
     * @param maxMemory bytes of weights that each device may hold; the disk holds what is left, whether it is among
     *     them or not
     * @param policy {@code Sequential}, {@code Balanced} or {@code BalancedLow0}
     * @throws IllegalArgumentException for another policy
     */
    static SequencedMap<String, DeviceId> infer(
            ModuleNode root, int elementBytes, SequencedMap<DeviceId, Long> maxMemory, PlacementPolicy policy) {
        return infer(SizedTree.of(root, elementBytes), maxMemory, policy);
    }

    /** As {@link #infer(ModuleNode, int, SequencedMap, PlacementPolicy)}, of a tree that was sized before. */
    static SequencedMap<String, DeviceId> infer(
            SizedTree tree, SequencedMap<DeviceId, Long> maxMemory, PlacementPolicy policy) {
        SequencedMap<DeviceId, Long> limits = new TreeMap<>(maxMemory);
        if (policy.equals(PlacementPolicy.Balanced) || policy.equals(PlacementPolicy.BalancedLow0)) {
            BalancedMemory.limit(limits, tree, policy.equals(PlacementPolicy.BalancedLow0));
        } else if (!policy.equals(PlacementPolicy.Sequential)) {
            throw new IllegalArgumentException("transformers has no policy " + policy);
        }
        return Folding.fold(tree, new DeviceMap(tree, limits).place());
    }

    private List<Folding.Assignment> place() {
        while (!waiting.isEmpty()) {
            Part part = waiting.pop();
            switch (Objects.requireNonNull(states[part.index()])) {
                case PLACED -> {}
                case SPLIT -> pushSplits(part);
                case WAITING -> place(part);
            }
        }
        return placed;
    }

    private void place(Part part) {
        reserve.take(part);
        List<Part> tied = tiedTo(part);
        long together = part.bytes() + tied.stream().mapToLong(Part::bytes).sum();
        if (fits(together)) {
            put(part);
            tied.forEach(reserve::remove);
            tied.forEach(this::put);
            used += together;
            return;
        }
        reserve.putBack(part);
        Part tiedContainer = tied.stream()
                .filter(other -> other.kind() == Kind.CONTAINER)
                .findFirst()
                .orElse(null);
        if (tiedContainer != null && fits(part.bytes())) {
            waiting.push(part);
            markSplit(tiedContainer);
            reserve.lookUp();
        } else if (part.kind() == Kind.CONTAINER) {
            split(part);
            reserve.lookUp();
        } else {
            waiting.push(part);
            current++;
            used = 0;
        }
    }

    private boolean fits(long bytes) {
        DeviceId device = devices.get(current);
        if (device.equals(DeviceId.DISK)) {
            return true;
        }
        boolean keepsRoom = current == 0 || device.equals(DeviceId.HOST);
        return bytes <= limits.getOrDefault(device, 0L) - used - (keepsRoom ? reserve.bytes() : 0);
    }

    private void put(Part part) {
        states[part.index()] = State.PLACED;
        placed.add(new Folding.Assignment(part, devices.get(current)));
    }

    private void split(Part part) {
        markSplit(part);
        pushSplits(part);
    }

    private void markSplit(Part part) {
        states[part.index()] = State.SPLIT;
        part.splits().forEach(inside -> states[inside.index()] = State.WAITING);
    }

    private void pushSplits(Part part) {
        part.splits().reversed().forEach(waiting::push);
    }

    /** The waiting parts outside {@code part} that hold a parameter tied to one inside. */
    private List<Part> tiedTo(Part part) {
        return tree.ties().stream()
                .filter(group -> group.stream().anyMatch(part::holds))
                .flatMap(List::stream)
                .filter(holder -> !part.holds(holder))
                .flatMap(this::waitingAround)
                .distinct()
                .toList();
    }

    private Stream<Part> waitingAround(Part holder) {
        for (int i = holder.index(); i >= 0; i = tree.part(i).parent()) {
            if (states[i] == State.WAITING) {
                return Stream.of(tree.part(i));
            }
        }
        return Stream.empty();
    }
}
