package dev.plimsoll.api;

/** Where weights may live that the GPUs have no room for; they still run on a GPU, streamed in just in time. */
public enum OffloadTier {
    /** Host memory: the weights count in {@code memory.host}. */
    Host,
    /** The checkpoint's own files, or a copy in the model's dtype where {@code memory.disk} has room for it. */
    Disk
}
