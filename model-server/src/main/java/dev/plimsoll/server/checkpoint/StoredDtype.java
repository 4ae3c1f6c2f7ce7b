package dev.plimsoll.server.checkpoint;

/**
 * Element types of safetensors that hold weights; the names are the format's own.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public enum StoredDtype {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    StoredDtype(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
