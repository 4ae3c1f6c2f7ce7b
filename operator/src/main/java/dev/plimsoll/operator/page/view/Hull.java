package dev.plimsoll.operator.page.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device of a replica as a ship: its load line is the budget, its waterline what is measured.
 *
 * @param device gpu:N or host
 * @param kind Cuda, Emulated or Host; nothing where a plan alone speaks of it
 * @param peak the most that was measured, where that is kept
 * @param source how it was measured
 * @param predictionError measured over predicted total, such as +0.4%
 * @param words all of it in a sentence
 */
public record Hull(
        String device,
        @Nullable String kind,
        @Nullable String product,
        @Nullable Amount budget,
        @Nullable Amount planned,
        @Nullable Amount measured,
        @Nullable Amount peak,
        @Nullable String source,
        @Nullable String predictionError,
        Level level,
        String words,
        List<Part> parts) {

    static Hull of(
            String device,
            @Nullable String kind,
            @Nullable String product,
            @Nullable Amount budget,
            @Nullable Amount planned,
            @Nullable Amount measured,
            @Nullable Amount peak,
            @Nullable String source,
            @Nullable String predictionError,
            List<Part> parts) {
        Draught draught = new Draught(budget, planned, measured, peak);
        return new Hull(
                device,
                kind,
                product,
                budget,
                planned,
                measured,
                peak,
                source,
                predictionError,
                draught.level(),
                draught.words(predictionError),
                parts.stream().filter(Part::isTold).toList());
    }

    boolean isMeasured() {
        return measured != null || peak != null;
    }

    /** How deep it sits, as a share of its budget; nothing in it is the least. */
    double share() {
        Amount deepest = new Draught(budget, planned, measured, peak).deepest();
        return deepest == null || budget == null ? 0 : (double) deepest.bytes() / Math.max(1, budget.bytes());
    }
}
