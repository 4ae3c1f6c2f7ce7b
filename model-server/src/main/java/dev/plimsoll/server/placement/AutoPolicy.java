package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As many bytes on GPUs as the budgets allow.
 *
 * <p>Layers on GPUs are the first ones, in order; the embedding and the head go to whichever GPU they fit best, or to
 * none, so that a large one does not keep layers off. For each choice of those two, the most layers are found that fit
 * together with every layer's KV cache and with the buffers through which the rest is streamed. What remains goes to
 * the tiers of {@code placement.offload}, in their order. Never fewer bytes than {@code Sequential} puts on GPUs.
 */
final class AutoPolicy implements Policy {
    private static final int NOWHERE = -1;

    @Override
    public Homes place(Problem problem) {
        List<OffloadTier> tiers = problem.request().placement().tiers();
        if (!problem.gpus().isEmpty()) {
            List<DeviceId> resident = GpuOnlyPolicy.spread(problem);
            Ledger ledger = Ledger.of(problem, Layout.of(problem, resident));
            if (tiers.isEmpty() || ledger.fits()) {
                return Homes.of(problem, resident, null);
            }
        } else if (tiers.isEmpty()) {
            return new GpuOnlyPolicy().place(problem);
        }
        List<DeviceId> homes = spill(problem, new Search(problem).best());
        Homes sequential = sequential(problem);
        if (sequential != null && gpuBytes(problem, sequential.devices()) > gpuBytes(problem, homes)) {
            return sequential;
        }
        return new Homes(homes, Homes.of(problem, homes, null).deviceMap(), reasons(problem, homes));
    }

    private static @Nullable Homes sequential(Problem problem) {
        if (problem.gpus().isEmpty()) {
            return null;
        }
        Homes homes = new TransformersPolicy(PlacementPolicy.Sequential).place(problem);
        return Ledger.of(problem, Layout.of(problem, homes.devices())).fits() ? homes : null;
    }

    private static long gpuBytes(Problem problem, List<DeviceId> homes) {
        long bytes = 0;
        for (int i = 0; i < homes.size(); i++) {
            bytes += homes.get(i).isGpu() ? problem.units().get(i).weights() : 0;
        }
        return bytes;
    }

    /** Gives what is on no GPU a tier: the host while it has room, layers in order, then the disk. */
    private static List<DeviceId> spill(Problem problem, List<@Nullable DeviceId> onGpus) {
        List<OffloadTier> tiers = problem.request().placement().tiers();
        DeviceId last = tiers.contains(OffloadTier.Disk) ? DeviceId.DISK : DeviceId.HOST;
        List<DeviceId> homes = new ArrayList<>();
        onGpus.forEach(home -> homes.add(home == null ? last : home));
        if (tiers.contains(OffloadTier.Host) && last.equals(DeviceId.DISK)) {
            PlacementPlan.HostPlan host =
                    Ledger.of(problem, Layout.of(problem, homes)).host();
            long room = host.budgetBytes() - host.total();
            boolean layersStop = false;
            for (boolean layers : new boolean[] {false, true}) {
                for (int i = 0; i < homes.size(); i++) {
                    Demand.Unit unit = problem.units().get(i);
                    if (!homes.get(i).equals(DeviceId.DISK) || unit.isLayer() != layers || layersStop) {
                        continue;
                    }
                    if (unit.used() <= room) {
                        homes.set(i, DeviceId.HOST);
                        room -= unit.used();
                    } else {
                        layersStop = layers;
                    }
                }
            }
        }
        return homes;
    }

    private static List<@Nullable String> reasons(Problem problem, List<DeviceId> homes) {
        long left = Ledger.of(problem, Layout.of(problem, homes)).devices().stream()
                .filter(device -> device.id().isGpu())
                .mapToLong(device -> device.budgetBytes() - device.total())
                .max()
                .orElse(0);
        List<@Nullable String> reasons = new ArrayList<>();
        for (int i = 0; i < homes.size(); i++) {
            Demand.Unit unit = problem.units().get(i);
            reasons.add(
                    homes.get(i).isGpu()
                            ? null
                            : "takes " + ByteSize.format(unit.used() + unit.kvCache())
                                    + (unit.isLayer() ? " with its KV cache" : "") + ", and no GPU has more than "
                                    + ByteSize.format(Math.max(0, left)) + " left");
        }
        return reasons;
    }

    /** The best of every choice of GPUs for the embedding and for the head. */
    private static final class Search {
        private final Problem problem;
        private final List<Demand.Unit> units;
        private final int layers;
        private final long kvCache;
        private @Nullable DeviceId[] best;
        private long bestBytes = -1;
        private long bestStreamed;

        Search(Problem problem) {
            this.problem = problem;
            this.units = problem.units();
            this.layers = (int) units.stream().filter(Demand.Unit::isLayer).count();
            this.kvCache = units.stream().mapToLong(Demand.Unit::kvCache).max().orElse(0);
            this.best = new DeviceId[units.size()];
        }

        List<@Nullable DeviceId> best() {
            for (int embedding = NOWHERE; embedding < problem.gpus().size(); embedding++) {
                for (int head = NOWHERE; head < problem.gpus().size(); head++) {
                    tryWith(embedding, head);
                }
            }
            return Arrays.asList(best);
        }

        /** Finds the most layers that fit beside the embedding and the head. */
        private void tryWith(int embedding, int head) {
            if (attempt(embedding, head, layers)) {
                return;
            }
            int low = 0;
            int high = layers - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                if (attempt(embedding, head, middle)) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
        }

        /** Places that many layers, in order, and keeps the result when it fits and is the best so far. */
        private boolean attempt(int embedding, int head, int residentLayers) {
            @Nullable DeviceId[] homes = new DeviceId[units.size()];
            long[] free = problem.gpus().stream().mapToLong(problem::room).toArray();
            for (int i = 0; i < homes.length; i++) {
                Demand.Unit unit = units.get(i);
                int gpu = unit.isLayer() ? NOWHERE : choice(unit.kind(), embedding, head);
                if (gpu != NOWHERE) {
                    DeviceId home = problem.gpus().get(gpu).id();
                    homes[i] = home;
                    free[gpu] -= problem.demand().weightsOn(home, unit, Arrays.asList(homes));
                }
            }
            return placeLayers(homes, free, residentLayers) && leavesRoomToStream(homes, free) && keep(homes);
        }

        /** Learned positions go with the embedding, the last norm with the head: they are small. */
        private static int choice(Kind kind, int embedding, int head) {
            return switch (kind) {
                case EMBEDDING -> embedding;
                case POSITIONS -> Math.max(embedding, 0);
                case NORM -> Math.max(head, 0);
                case HEAD -> head;
                case LAYER -> NOWHERE;
            };
        }

        private boolean placeLayers(@Nullable DeviceId[] homes, long[] free, int residentLayers) {
            int gpu = 0;
            int left = residentLayers;
            for (int i = 0; i < homes.length && left > 0; i++) {
                if (units.get(i).isLayer()) {
                    long needs = units.get(i).weights() + kvCache;
                    while (gpu < free.length && free[gpu] < needs) {
                        gpu++;
                    }
                    if (gpu == free.length) {
                        return false;
                    }
                    free[gpu] -= needs;
                    homes[i] = problem.gpus().get(gpu).id();
                    left--;
                }
            }
            return Arrays.stream(free).allMatch(bytes -> bytes >= 0);
        }

        private boolean leavesRoomToStream(@Nullable DeviceId[] homes, long[] free) {
            List<DeviceId> elsewhere = Arrays.stream(homes)
                    .map(home -> home == null ? DeviceId.HOST : home)
                    .toList();
            long buffers = 2 * Layout.bufferBytes(problem, elsewhere);
            long streamedLayers = 0;
            for (int i = 0; i < homes.length; i++) {
                streamedLayers += homes[i] == null && units.get(i).isLayer() ? 1 : 0;
            }
            long roomForLayers = 0;
            boolean roomForBuffers = buffers == 0;
            for (long bytes : free) {
                if (bytes >= buffers) {
                    roomForBuffers = true;
                    roomForLayers += kvCache == 0 ? streamedLayers : (bytes - buffers) / kvCache;
                }
            }
            return roomForBuffers && roomForLayers >= streamedLayers;
        }

        private boolean keep(@Nullable DeviceId[] homes) {
            long bytes = 0;
            long streamed = 0;
            for (int i = 0; i < homes.length; i++) {
                bytes += homes[i] == null ? 0 : units.get(i).weights();
                streamed += homes[i] == null && units.get(i).kind() != Kind.EMBEDDING
                        ? units.get(i).used()
                        : 0;
            }
            if (bytes > bestBytes || (bytes == bestBytes && streamed < bestStreamed)) {
                best = homes;
                bestBytes = bytes;
                bestStreamed = streamed;
            }
            return true;
        }
    }
}
