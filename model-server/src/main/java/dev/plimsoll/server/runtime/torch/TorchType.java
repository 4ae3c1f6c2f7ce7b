package dev.plimsoll.server.runtime.torch;

import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.device.ElementType;

/**
 * Numbers of libtorch's scalar types.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/main/c10/core/ScalarType.h">c10/core/ScalarType.h</a>
 */
public final class TorchType {
    /** Bytes. */
    public static final int UINT8 = 0;

    private static final int FLOAT16 = 5;
    private static final int FLOAT32 = 6;
    private static final int FLOAT64 = 7;
    private static final int BFLOAT16 = 15;

    private TorchType() {}

    /** The scalar type of tensors on devices. */
    public static int of(ElementType type) {
        return switch (type) {
            case FLOAT32 -> FLOAT32;
            case FLOAT16 -> FLOAT16;
            case BFLOAT16 -> BFLOAT16;
        };
    }

    /**
     * The scalar type of stored weights.
     *
     * @throws IllegalArgumentException for types that the architecture check refuses
     */
    public static int of(StoredDtype stored) {
        return switch (stored) {
            case F64 -> FLOAT64;
            case F32 -> FLOAT32;
            case F16 -> FLOAT16;
            case BF16 -> BFLOAT16;
            default -> throw new IllegalArgumentException("weights stored as " + stored);
        };
    }
}
