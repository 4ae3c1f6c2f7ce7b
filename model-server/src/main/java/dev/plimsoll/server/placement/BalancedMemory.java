package dev.plimsoll.server.placement;

import dev.plimsoll.server.device.DeviceId;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Lowers limits so that each GPU gets about as much: an equal share of the model and some room for what does not divide
 * evenly. The last GPU keeps its limit and takes what is left.
 */
final class BalancedMemory {
    private BalancedMemory() {}

    /**
     * Lowers the limits of GPUs.
     *
     * @param limits bytes by device, in order of the devices
     * @param lowZero whether the first of several GPUs gets only what the others do not hold
     */
    static void limit(SequencedMap<DeviceId, Long> limits, SizedTree tree, boolean lowZero) {
        List<DeviceId> gpus = limits.entrySet().stream()
                .filter(limit -> limit.getKey().isGpu() && limit.getValue() > 0)
                .map(Map.Entry::getKey)
                .toList();
        if (gpus.size() < 2) {
            return;
        }
        long total = tree.root().bytes();
        long share = total / (lowZero ? gpus.size() - 1 : gpus.size()) + tree.largestBlock() * 5 / 4;
        DeviceId first = DeviceId.gpu(0);
        for (DeviceId gpu : gpus.subList(0, gpus.size() - 1)) {
            if (!lowZero || !gpu.equals(first)) {
                limits.merge(gpu, share, Math::min);
            }
        }
        if (lowZero) {
            long others = 0;
            for (int i = 1; i < gpus.size(); i++) {
                others += limits.getOrDefault(DeviceId.gpu(i), 0L);
            }
            long rest = Math.max(0, total - others);
            limits.computeIfPresent(first, (gpu, limit) -> Math.min(rest, limit));
        }
    }
}
