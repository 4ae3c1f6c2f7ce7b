package dev.plimsoll.api;

/** Where the modules of a model may live. */
public enum PlacementPolicy {
    /** Every module on GPUs, or a refusal before a weight byte is read. */
    GpuOnly,
    /** Every module in host memory; no GPU is asked for. */
    HostOnly
}
