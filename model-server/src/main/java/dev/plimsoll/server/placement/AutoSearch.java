package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.device.DeviceId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The best of every choice of a GPU for the embedding, for the head, and for streamed layers, each with the most layers
 * that fit. Sums are made once, so that a choice costs a few additions for each GPU.
 */
final class AutoSearch {
    private static final int NOWHERE = -1;

    private final Problem problem;
    private final List<Demand.Unit> units;
    private final int gpus;
    private final int layers;
    private final long kvCache;
    /** Bytes of the layers before each one. */
    private final long[] bytesBefore;
    /** Bytes of the largest layer from each one on. */
    private final long[] largestFrom;

    private @Nullable Choice best;

    AutoSearch(Problem problem) {
        this.problem = problem;
        this.units = problem.units();
        this.gpus = problem.gpus().size();
        long[] bytes = units.stream()
                .filter(Demand.Unit::isLayer)
                .mapToLong(Demand.Unit::weights)
                .toArray();
        this.layers = bytes.length;
        this.kvCache = units.stream().mapToLong(Demand.Unit::kvCache).max().orElse(0);
        this.bytesBefore = new long[layers + 1];
        this.largestFrom = new long[layers + 1];
        for (int i = 0; i < layers; i++) {
            bytesBefore[i + 1] = bytesBefore[i] + bytes[i];
        }
        for (int i = layers - 1; i >= 0; i--) {
            largestFrom[i] = Math.max(largestFrom[i + 1], bytes[i]);
        }
    }

    /** Device by unit; null for what no GPU has room for. */
    @Nullable
    DeviceId[] best() {
        for (int embedding = NOWHERE; embedding < gpus; embedding++) {
            for (int head = NOWHERE; head < gpus; head++) {
                for (int streamer = NOWHERE; streamer < gpus; streamer++) {
                    tryWith(embedding, head, streamer);
                }
            }
        }
        if (best != null) {
            return best.homes();
        }
        return new @Nullable DeviceId[units.size()];
    }

    /** Finds the most layers that fit beside the embedding and the head. */
    private void tryWith(int embedding, int head, int streamer) {
        if (attempt(embedding, head, streamer, layers)) {
            return;
        }
        int low = 0;
        int high = layers - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (attempt(embedding, head, streamer, middle)) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
    }

    /**
     * Places that many layers, in order, and keeps the result when it fits and is the best so far.
     *
     * @param streamer the GPU that is kept free for every streamed layer; with none, layers are dealt to what is left
     */
    private boolean attempt(int embedding, int head, int streamer, int resident) {
        Choice choice = new Choice(embedding, head, resident);
        int streamed = layers - resident;
        long buffers = 2 * choice.bufferBytes();
        long reserve = streamer == NOWHERE ? 0 : buffers + streamed * kvCache;
        if (streamer != NOWHERE) {
            choice.free[streamer] -= reserve;
        }
        if (!choice.placeLayers()) {
            return false;
        }
        if (streamer != NOWHERE) {
            choice.free[streamer] += reserve;
        }
        if (!choice.leavesRoomFor(streamed, buffers)) {
            return false;
        }
        if (best == null || choice.isBetterThan(best)) {
            best = choice;
        }
        return true;
    }

    /** One placement; {@code free} is what is left of each GPU. */
    private final class Choice {
        private final int embedding;
        private final int head;
        private final int resident;
        private final long[] free;
        private final @Nullable DeviceId[] small;
        private final int[] layersUntil = new int[gpus];
        private long bytes;
        private long streamedBytes;

        Choice(int embedding, int head, int resident) {
            this.embedding = embedding;
            this.head = head;
            this.resident = resident;
            this.free = problem.gpus().stream()
                    .mapToLong(gpu -> Math.max(0, problem.room(gpu)))
                    .toArray();
            this.small = new DeviceId[units.size()];
            this.bytes = bytesBefore[resident];
            this.streamedBytes = bytesBefore[layers] - bytesBefore[resident];
            for (int i = 0; i < small.length; i = next(i)) {
                place(i);
            }
        }

        /** The next unit that is no layer: layers follow one another. */
        private int next(int index) {
            int next = index + 1;
            return next < units.size() && units.get(next).isLayer() ? next + layers : next;
        }

        private void place(int index) {
            Demand.Unit unit = units.get(index);
            int gpu = gpuOf(unit.kind());
            if (gpu != NOWHERE) {
                DeviceId home = problem.gpus().get(gpu).id();
                small[index] = home;
                free[gpu] -= problem.demand().weightsOn(home, unit, Arrays.asList(small));
                bytes += unit.weights();
            } else if (unit.kind() != Kind.EMBEDDING) {
                streamedBytes += unit.used();
            }
        }

        /** Learned positions go with the embedding, the last norm with the head: they are small. */
        private int gpuOf(Kind kind) {
            return switch (kind) {
                case EMBEDDING -> embedding;
                case POSITIONS -> embedding == NOWHERE ? roomiest() : embedding;
                case NORM -> head == NOWHERE ? roomiest() : head;
                case HEAD -> head;
                case LAYER -> NOWHERE;
            };
        }

        private int roomiest() {
            int most = 0;
            for (int gpu = 1; gpu < gpus; gpu++) {
                most = free[gpu] > free[most] ? gpu : most;
            }
            return most;
        }

        /** As {@link Layout#bufferBytes} will count it. */
        long bufferBytes() {
            long buffer = largestFrom[resident];
            for (int i = 0; i < small.length; i = next(i)) {
                Demand.Unit unit = units.get(i);
                if (small[i] == null && unit.kind() == Kind.HEAD) {
                    buffer = Math.max(buffer, Math.min(unit.used(), Layout.HEAD_SLICE_BYTES));
                }
            }
            return buffer;
        }

        /** Fills the GPUs in order. */
        boolean placeLayers() {
            int layer = 0;
            for (int gpu = 0; gpu < gpus; gpu++) {
                int low = layer;
                int high = resident;
                while (low < high) {
                    int middle = (low + high + 1) >>> 1;
                    if (needs(layer, middle) <= free[gpu]) {
                        low = middle;
                    } else {
                        high = middle - 1;
                    }
                }
                free[gpu] -= needs(layer, low);
                layer = low;
                layersUntil[gpu] = layer;
            }
            return layer == resident && Arrays.stream(free).allMatch(left -> left >= 0);
        }

        private long needs(int from, int to) {
            return bytesBefore[to] - bytesBefore[from] + (to - from) * kvCache;
        }

        boolean leavesRoomFor(int streamed, long buffers) {
            long roomForLayers = 0;
            boolean roomForBuffers = buffers == 0;
            for (long left : free) {
                if (left >= buffers) {
                    roomForBuffers = true;
                    roomForLayers += kvCache == 0 ? streamed : (left - buffers) / kvCache;
                }
            }
            return roomForBuffers && roomForLayers >= streamed;
        }

        boolean isBetterThan(Choice other) {
            return bytes > other.bytes || (bytes == other.bytes && streamedBytes < other.streamedBytes);
        }

        @Nullable
        DeviceId[] homes() {
            @Nullable DeviceId[] homes = small.clone();
            int layer = 0;
            int gpu = 0;
            for (int i = 0; i < homes.length; i++) {
                if (units.get(i).isLayer()) {
                    while (gpu < gpus && layer >= layersUntil[gpu]) {
                        gpu++;
                    }
                    homes[i] = gpu < gpus ? problem.gpus().get(gpu).id() : null;
                    layer++;
                }
            }
            return homes;
        }
    }
}
