package dev.plimsoll.api;

/** Where the modules of a model may live. */
public enum PlacementPolicy {
    /** Every module on GPUs, or a refusal before a weight byte is read. */
    GpuOnly,
    /** As many bytes on GPUs as the budgets allow, the first layers there, the rest in the tiers of offload. */
    Auto,
    /** The device map that transformers gives for {@code balanced}. */
    Balanced,
    /** The device map that transformers gives for {@code balanced_low_0}: the first GPU is kept free. */
    BalancedLow0,
    /** The device map that transformers gives for {@code sequential}: each device is filled before the next. */
    Sequential,
    /** Every module in host memory; no GPU is asked for. */
    HostOnly,
    /** As {@code placement.map} says. */
    Custom;

    /** Whether modules may overflow from GPUs into the tiers of {@code placement.offload}. */
    public boolean mayOffload() {
        return switch (this) {
            case Auto, Balanced, BalancedLow0, Sequential -> true;
            case GpuOnly, HostOnly, Custom -> false;
        };
    }
}
