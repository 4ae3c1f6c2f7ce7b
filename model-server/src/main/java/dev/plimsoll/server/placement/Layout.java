package dev.plimsoll.server.placement;

import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.device.DeviceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where the weights of each unit live, and which device runs it.
 *
 * <p>What lives on a GPU runs there. What lives elsewhere is streamed into a GPU just in time: layers are dealt out to
 * the GPUs that have room for their KV cache and for two buffers, in turn, so that every link carries its share. An
 * embedding that lives elsewhere is looked up on the host: only the rows asked for move. Without a GPU the host runs
 * everything.
 */
record Layout(List<DeviceId> homes, List<DeviceId> runners) {
    /** A streamed head comes in slices of rows: it needs no larger buffer than this. */
    static final long HEAD_SLICE_BYTES = 16L << 20;

    static Layout of(Problem problem, List<DeviceId> homes) {
        List<DeviceId> runners = new ArrayList<>(homes);
        if (runsOnHost(problem)) {
            return new Layout(homes, Collections.nCopies(homes.size(), DeviceId.HOST));
        }
        Dealing dealing = new Dealing(problem, homes);
        for (int i = 0; i < homes.size(); i++) {
            if (!homes.get(i).isGpu() && problem.units().get(i).isLayer()) {
                runners.set(i, dealing.layer());
            }
        }
        for (int i = 0; i < homes.size(); i++) {
            Demand.Unit unit = problem.units().get(i);
            if (!homes.get(i).isGpu() && !unit.isLayer()) {
                runners.set(i, unit.kind() == Kind.EMBEDDING ? DeviceId.HOST : dealing.other());
            }
        }
        return new Layout(homes, runners);
    }

    private static boolean runsOnHost(Problem problem) {
        return problem.gpus().isEmpty() || problem.request().policy().equals(PlacementPolicy.HostOnly);
    }

    /** Bytes of one buffer that streamed units fit into, one at a time. */
    static long bufferBytes(Problem problem, List<DeviceId> homes) {
        boolean runOnHost = runsOnHost(problem);
        long bytes = 0;
        for (int i = 0; i < homes.size(); i++) {
            Demand.Unit unit = problem.units().get(i);
            boolean streamed = runOnHost
                    ? homes.get(i).equals(DeviceId.DISK)
                    : !homes.get(i).isGpu();
            if (streamed && unit.kind() != Kind.EMBEDDING) {
                bytes = Math.max(
                        bytes, unit.kind() == Kind.HEAD ? Math.min(unit.used(), HEAD_SLICE_BYTES) : unit.used());
            }
        }
        return bytes;
    }

    boolean isStreamed(int unit) {
        return !homes.get(unit).equals(runners.get(unit));
    }

    /** Room of the GPUs beside what lives there, dealt out to what is streamed. */
    private static final class Dealing {
        private final List<PlanRequest.Gpu> gpus;
        private final long[] free;
        private final int[] dealt;
        private final long layerBytes;

        Dealing(Problem problem, List<DeviceId> homes) {
            this.gpus = problem.gpus();
            this.free = new long[gpus.size()];
            this.dealt = new int[gpus.size()];
            long buffers = 2 * bufferBytes(problem, homes);
            long[] held = Ledger.weights(problem, homes);
            for (int g = 0; g < free.length; g++) {
                free[g] = problem.room(gpus.get(g)) - held[g] - buffers;
            }
            long largest = 0;
            for (int i = 0; i < homes.size(); i++) {
                Demand.Unit unit = problem.units().get(i);
                largest = Math.max(largest, unit.kvCache());
                if (homes.get(i).isGpu()) {
                    free[homes.get(i).index()] -= unit.kvCache();
                }
            }
            this.layerBytes = largest;
        }

        DeviceId layer() {
            int best = -1;
            for (int g = 0; g < free.length; g++) {
                if (left(g) >= layerBytes && (best < 0 || dealt[g] < dealt[best])) {
                    best = g;
                }
            }
            best = best < 0 ? mostFree() : best;
            dealt[best]++;
            return gpus.get(best).id();
        }

        /** Where layers are streamed already, or else where most is free. */
        DeviceId other() {
            for (int g = free.length - 1; g >= 0; g--) {
                if (dealt[g] > 0) {
                    return gpus.get(g).id();
                }
            }
            return gpus.get(mostFree()).id();
        }

        private int mostFree() {
            int best = 0;
            for (int g = 1; g < free.length; g++) {
                best = left(g) > left(best) ? g : best;
            }
            return best;
        }

        private long left(int gpu) {
            return free[gpu] - dealt[gpu] * layerBytes;
        }
    }
}
