package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.plimsoll.api.status.Reason;
import java.util.List;

/**
 * Why a server cannot serve. Written as JSON to the pod's termination message and part of {@code /placement}.
 *
 * @param reason what kind of failure, as the condition will name it
 * @param message a short first clause, numbers by kind, then what to change
 * @param deficits devices that would have to hold more than they may; empty unless a budget is too small
 * @param wouldFit changes each of which would make the plan fit
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Failure(Reason reason, String message, List<Deficit> deficits, List<String> wouldFit) {
    public Failure {
        deficits = deficits == null ? List.of() : List.copyOf(deficits);
        wouldFit = wouldFit == null ? List.of() : List.copyOf(wouldFit);
    }

    public static Failure of(Reason reason, String message) {
        return new Failure(reason, message, List.of(), List.of());
    }

    /** Bytes that {@code device} would need, by kind, against what it may use. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Deficit(
            String device, long needed, long budget, long weights, long kvCache, long workspace, long context) {
        public long missing() {
            return needed - budget;
        }
    }
}
