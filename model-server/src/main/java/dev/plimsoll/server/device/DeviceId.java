package dev.plimsoll.server.device;

import java.util.Locale;

/**
 * {@code gpu:N}, {@code host} or {@code disk}.
 *
 * @param index of the GPU; 0 for the others
 */
public record DeviceId(Tier tier, int index) implements Comparable<DeviceId> {
    public static final DeviceId HOST = new DeviceId(Tier.HOST, 0);

    public static final DeviceId DISK = new DeviceId(Tier.DISK, 0);

    /** Kinds of places, fastest first. */
    public enum Tier {
        GPU,
        HOST,
        DISK
    }

    public static DeviceId gpu(int index) {
        return new DeviceId(Tier.GPU, index);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static DeviceId parse(String text) {
        return switch (text) {
            case "host" -> HOST;
            case "disk" -> DISK;
            default -> {
                if (!text.matches("gpu:(0|[1-9][0-9]{0,2})")) {
                    throw new IllegalArgumentException("'" + text + "' is no device: use gpu:N, host or disk");
                }
                yield gpu(Integer.parseUnsignedInt(text.substring("gpu:".length())));
            }
        };
    }

    public boolean isGpu() {
        return tier == Tier.GPU;
    }

    @Override
    public int compareTo(DeviceId other) {
        int byTier = tier.compareTo(other.tier);
        return byTier != 0 ? byTier : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return isGpu() ? "gpu:" + index : tier.name().toLowerCase(Locale.ROOT);
    }
}
