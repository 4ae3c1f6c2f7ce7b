package dev.plimsoll.operator.page.view;

import dev.plimsoll.api.status.PlanStatus.DevicePlan;
import dev.plimsoll.api.status.PodStatus.Measured;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Bytes of a GPU by kind, from the keel up. */
final class Parts {
    /** What is left is told from this share of the whole on: below it, it is what rounding leaves. */
    private static final int TOLD_FROM_PERCENT = 1;

    private Parts() {}

    static List<Part> of(@Nullable DevicePlan plan, @Nullable Measured measured) {
        List<Part> parts = new ArrayList<>(List.of(
                part("weights", "weights", plan, DevicePlan::weights, measured, Measured::weights),
                part("kvCache", "KV cache", plan, DevicePlan::kvCache, measured, Measured::kvCache),
                part("workspace", "workspace", plan, DevicePlan::workspace, measured, Measured::workspace),
                part("context", "context", plan, DevicePlan::context, measured, Measured::context),
                part("unaccounted", "unaccounted", null, DevicePlan::total, measured, Measured::unaccounted)));
        rest(parts, measured).ifPresent(parts::add);
        return parts;
    }

    private static Part part(
            String kind,
            String label,
            @Nullable DevicePlan plan,
            Function<DevicePlan, @Nullable Quantity> planned,
            @Nullable Measured measured,
            Function<Measured, @Nullable Quantity> taken) {
        return new Part(
                kind,
                label,
                plan == null ? null : Amount.of(planned.apply(plan)),
                measured == null ? null : Amount.of(taken.apply(measured)));
    }

    /** Of what the process takes: that of which nobody says what it is. */
    private static Optional<Part> rest(List<Part> parts, @Nullable Measured measured) {
        Amount process = measured == null ? null : Amount.of(measured.process());
        if (process == null || measured == null || measured.unaccounted() != null) {
            return Optional.empty();
        }
        long told = 0;
        for (Part part : parts) {
            Amount amount = part.measured();
            told += amount == null ? 0 : amount.bytes();
        }
        long rest = process.bytes() - told;
        return rest > process.bytes() / 100 * TOLD_FROM_PERCENT
                ? Optional.of(new Part("untold", "not told apart", null, Amount.of(rest)))
                : Optional.empty();
    }
}
