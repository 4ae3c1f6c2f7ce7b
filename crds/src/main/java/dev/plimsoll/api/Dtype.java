package dev.plimsoll.api;

/** Element type of the weights on their devices. {@code Auto} takes the checkpoint's own. */
public enum Dtype {
    Auto,
    Float32,
    Float16,
    BFloat16
}
