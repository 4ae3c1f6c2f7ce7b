package dev.plimsoll.operator.rollout;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What planning a revision came to.
 *
 * @param at when
 * @param gpus what GPUs it was told of; another answer may make another plan
 * @param times that it was refused in a row
 * @param report as the pod left it; null where its image cannot plan
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Plan(
        Outcome outcome,
        Instant at,
        String gpus,
        int times,
        @Nullable PlanningReport report) {

    /** Reasons that follow from budgets: only another spec, or other nodes, change them. */
    private static final Set<Reason> BUDGETS = Set.of(
            Reason.GpuBudgetTooSmall,
            Reason.HostBudgetTooSmall,
            Reason.NoGpu,
            Reason.SequenceTooLong,
            Reason.InvalidPlacement);

    private static final Duration BUDGETS_AGAIN = Duration.ofMinutes(10);
    private static final Duration FIRST_AGAIN = Duration.ofSeconds(15);
    private static final int DOUBLINGS = 4;

    /** Whether pods may be made. */
    public enum Outcome {
        FITS,
        REFUSED,
        /** The image is of a version that does not plan in a pod: its server refuses by itself, once it starts. */
        NOT_MADE
    }

    public Optional<Failure> refusal() {
        return outcome == Outcome.REFUSED ? Optional.ofNullable(report).map(PlanningReport::failure) : Optional.empty();
    }

    /** Whether it was made from this very checkpoint. */
    boolean isOf(@Nullable String checkpoint) {
        return checkpoint != null
                && report != null
                && report.model() != null
                && checkpoint.equals(report.model().revision());
    }

    /** When a refusal is worth another try: a checkpoint may be completed meanwhile, and nodes may come. */
    Instant again() {
        boolean budget =
                refusal().map(Failure::reason).filter(BUDGETS::contains).isPresent();
        return at.plus(
                budget ? BUDGETS_AGAIN : FIRST_AGAIN.multipliedBy(1L << Math.min(DOUBLINGS, Math.max(0, times - 1))));
    }
}
