package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/** Where the modules of a model may live. An open word: another version may know more of them. */
@SuppressWarnings("MemberName")
public record PlacementPolicy(@JsonValue String value) {
    /** Every module on GPUs, or a refusal before a weight byte is read. */
    public static final PlacementPolicy GpuOnly = new PlacementPolicy("GpuOnly");

    /** As many bytes on GPUs as the budgets allow, the first layers there, the rest in the tiers of offload. */
    public static final PlacementPolicy Auto = new PlacementPolicy("Auto");

    /** The device map that transformers gives for {@code balanced}. */
    public static final PlacementPolicy Balanced = new PlacementPolicy("Balanced");

    /** The device map that transformers gives for {@code balanced_low_0}: the first GPU is kept free. */
    public static final PlacementPolicy BalancedLow0 = new PlacementPolicy("BalancedLow0");

    /** The device map that transformers gives for {@code sequential}: each device is filled before the next. */
    public static final PlacementPolicy Sequential = new PlacementPolicy("Sequential");

    /** Every module in host memory; no GPU is asked for. */
    public static final PlacementPolicy HostOnly = new PlacementPolicy("HostOnly");

    /** As {@code placement.map} says. */
    public static final PlacementPolicy Custom = new PlacementPolicy("Custom");

    /** Those that this version knows. */
    public static final List<PlacementPolicy> KNOWN =
            List.of(GpuOnly, Auto, Balanced, BalancedLow0, Sequential, HostOnly, Custom);

    private static final List<PlacementPolicy> MAY_OFFLOAD = List.of(Auto, Balanced, BalancedLow0, Sequential);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public PlacementPolicy {
        Objects.requireNonNull(value);
    }

    public boolean isKnown() {
        return KNOWN.contains(this);
    }

    /** Whether modules may overflow from GPUs into the tiers of {@code placement.offload}. */
    public boolean mayOffload() {
        return MAY_OFFLOAD.contains(this);
    }

    @Override
    public String toString() {
        return value;
    }
}
