package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Objects;
import java.util.OptionalLong;

/** How large the KV cache is: {@code Auto}, or a Kubernetes quantity of bytes over all layers and devices. */
@SuppressWarnings("MemberName")
public record KvCacheSize(@JsonValue String value) {
    /** Every sequence at its longest where that fits, else as many tokens as the budgets leave. */
    public static final KvCacheSize Auto = new KvCacheSize("Auto");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public KvCacheSize {
        Objects.requireNonNull(value);
    }

    /**
     * Bytes; empty for {@code Auto}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public OptionalLong bytes() {
        return equals(Auto) ? OptionalLong.empty() : OptionalLong.of(ByteSize.bytes(new Quantity(value)));
    }

    @Override
    public String toString() {
        return value;
    }
}
