package dev.plimsoll.server.cli;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.server.device.DeviceId;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/** {@code --max-memory}: bytes of weights by device, as transformers' {@code max_memory}. */
final class MaxMemory {
    private MaxMemory() {}

    /**
     * Reads {@code gpu:0=500000,gpu:1=2Gi,host=4Gi}.
     *
     * @return limits by device, GPUs first; 0 is a limit, too
     * @throws IllegalArgumentException when a device is unknown, named twice or left out between GPUs, or a size is none
     */
    static SequencedMap<DeviceId, Long> parse(List<String> entries) {
        TreeMap<DeviceId, Long> limits = new TreeMap<>();
        for (String text : entries) {
            Assignment entry = Assignment.parse("--max-memory", text);
            DeviceId device = DeviceId.parse(entry.name());
            if (device.equals(DeviceId.DISK)) {
                throw new IllegalArgumentException(
                        "--max-memory " + text + ": the disk holds whatever is left, without a limit: leave it out");
            }
            if (limits.put(device, bytes(entry)) != null) {
                throw new IllegalArgumentException("--max-memory names " + device + " twice");
            }
        }
        for (int i = 0; i < gpus(limits); i++) {
            if (!limits.containsKey(DeviceId.gpu(i))) {
                throw new IllegalArgumentException("--max-memory leaves out gpu:" + i + ": number GPUs from 0");
            }
        }
        return limits;
    }

    static int gpus(SequencedMap<DeviceId, Long> limits) {
        return (int) limits.keySet().stream().filter(DeviceId::isGpu).count();
    }

    private static long bytes(Assignment entry) {
        return entry.value().equals("0")
                ? 0
                : ByteSize.bytes(Size.parse("--max-memory " + entry.name(), entry.value()));
    }
}
