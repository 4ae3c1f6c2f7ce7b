package dev.plimsoll.server.device;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.UnknownValues;
import java.util.List;

/** Element types of tensors on devices. */
public enum ElementType {
    FLOAT32(4),
    FLOAT16(2),
    BFLOAT16(2);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /**
     * The element type of a resolved dtype.
     *
     * @throws IllegalArgumentException for {@code Auto}
     * @throws PlimsollException for one that this version does not know
     */
    public static ElementType of(Dtype dtype) {
        return switch (dtype.value()) {
            case "Float32" -> FLOAT32;
            case "Float16" -> FLOAT16;
            case "BFloat16" -> BFLOAT16;
            case "Auto" -> throw new IllegalArgumentException("Auto must be resolved against the checkpoint first");
            default -> throw new PlimsollException(UnknownValues.refusal(List.of("dtype " + dtype)));
        };
    }
}
