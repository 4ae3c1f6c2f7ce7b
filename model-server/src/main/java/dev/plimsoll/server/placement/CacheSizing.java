package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.KvCacheSize;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.device.ElementType;
import java.util.function.IntFunction;

/**
 * How many pages the KV cache has: those of every sequence at its longest, those of so many bytes, or as many as fit. One
 * whole sequence must fit: then each can end, if need be alone.
 *
 * @param sequenceTokens tokens of one sequence
 */
record CacheSizing(PlanRequest request, int sequenceTokens) {
    /** Pages that fewer make no difference to anybody. */
    private static final int GRAIN = 4;

    /** The plan with as many pages as are asked for, or what is said where there is none. */
    PlanOutcome plan(IntFunction<PlanOutcome> attempt) {
        int all = CachePages.of(request.maxSequences(), sequenceTokens);
        KvCacheSize asked = request.kvCache();
        long page = CachePages.bytes(
                request.architecture().shape(), ElementType.of(request.dtype()).bytes());
        if (asked == null || page == 0) {
            return attempt.apply(all);
        }
        int least = CachePages.of(1, sequenceTokens);
        if (asked.equals(KvCacheSize.Auto)) {
            return most(attempt, least, all);
        }
        long bytes = asked.bytes().orElseThrow();
        int pages = (int) Math.min(Integer.MAX_VALUE / CachePages.TOKENS, bytes / page);
        return pages >= least ? attempt.apply(pages) : tooSmall(asked, pages, Math.multiplyExact(least, page));
    }

    /** As many pages as fit, up to those of every sequence; what is said of one sequence where that does not fit. */
    private static PlanOutcome most(IntFunction<PlanOutcome> attempt, int least, int all) {
        PlanOutcome whole = attempt.apply(all);
        PlanOutcome best = whole instanceof PlacementPlan ? whole : attempt.apply(least);
        if (whole == best || !(best instanceof PlacementPlan)) {
            return best;
        }
        int low = least;
        int high = all;
        while (high - low > GRAIN) {
            int middle = low + (high - low) / 2;
            if (attempt.apply(middle) instanceof PlacementPlan fits) {
                best = fits;
                low = middle;
            } else {
                high = middle;
            }
        }
        return best;
    }

    private Refusal tooSmall(KvCacheSize asked, int pages, long leastBytes) {
        return new Refusal(Failure.of(
                Reason.SequenceTooLong,
                "serving.kvCache " + asked + " holds " + (long) pages * CachePages.TOKENS
                        + " tokens, one sequence has up to " + sequenceTokens + ": set it to at least "
                        + ByteSize.formatUp(leastBytes) + " or Auto, or lower serving.maxSequenceTokens"));
    }
}
