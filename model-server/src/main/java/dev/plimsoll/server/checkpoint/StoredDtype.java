package dev.plimsoll.server.checkpoint;

/**
 * Element types of safetensors; the names are the format's own.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public enum StoredDtype {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    I16(16),
    U16(16),
    F16(16),
    BF16(16),
    I32(32),
    U32(32),
    F32(32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    private final int bits;

    StoredDtype(int bits) {
        this.bits = bits;
    }

    /** Bits of one element. */
    public int bits() {
        return bits;
    }

    /** Whether weights of this type can be cast to a dtype that models run in. */
    public boolean isFloat() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /**
     * Bytes of {@code elements} elements, packed.
     *
     * @throws ArithmeticException when they do not end on a byte, or their number does not fit 64 bits
     */
    public long bytes(long elements) {
        long total = Math.multiplyExact(elements, (long) bits);
        if (total % 8 != 0) {
            throw new ArithmeticException(elements + " elements of " + bits + " bits do not end on a byte");
        }
        return total / 8;
    }
}
