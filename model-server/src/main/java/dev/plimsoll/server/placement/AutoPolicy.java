package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.device.DeviceId;
import java.util.ArrayList;
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
    @Override
    public Homes place(Problem problem) {
        List<OffloadTier> tiers = problem.request().placement().tiers();
        List<DeviceId> resident = GpuOnlyPolicy.spread(problem);
        if (tiers.isEmpty() || Ledger.of(problem, Layout.of(problem, resident)).fits()) {
            return Homes.of(problem, resident, null);
        }
        List<DeviceId> homes = spill(problem, new AutoSearch(problem).best());
        Homes sequential = sequential(problem);
        if (sequential != null && gpuBytes(problem, sequential.devices()) > gpuBytes(problem, homes)) {
            return sequential;
        }
        return new Homes(homes, Homes.of(problem, homes, null).deviceMap(), reasons(problem, homes));
    }

    private static @Nullable Homes sequential(Problem problem) {
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
    private static List<DeviceId> spill(Problem problem, @Nullable DeviceId[] onGpus) {
        List<OffloadTier> tiers = problem.request().placement().tiers();
        DeviceId last = tiers.contains(OffloadTier.Disk) ? DeviceId.DISK : DeviceId.HOST;
        List<DeviceId> homes = new ArrayList<>();
        for (DeviceId home : onGpus) {
            homes.add(home == null ? last : home);
        }
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
}
