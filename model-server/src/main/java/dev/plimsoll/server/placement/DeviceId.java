package dev.plimsoll.server.placement;

/**
 * {@code gpu:N} or {@code host}.
 *
 * @param index of the GPU; 0 for the host
 */
public record DeviceId(Tier tier, int index) implements Comparable<DeviceId> {
    public static final DeviceId HOST = new DeviceId(Tier.HOST, 0);

    /** Kinds of places, fastest first. */
    public enum Tier {
        GPU,
        HOST
    }

    public static DeviceId gpu(int index) {
        return new DeviceId(Tier.GPU, index);
    }

    @Override
    public int compareTo(DeviceId other) {
        int byTier = tier.compareTo(other.tier);
        return byTier != 0 ? byTier : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return tier == Tier.GPU ? "gpu:" + index : "host";
    }
}
