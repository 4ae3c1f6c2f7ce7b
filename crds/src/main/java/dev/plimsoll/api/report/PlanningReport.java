package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import org.jspecify.annotations.Nullable;

/**
 * What a planning pod leaves as its termination message, as JSON of at most {@value #MOST_BYTES} bytes: a plan made from a
 * checkpoint's headers, or why there is none. Exactly one of {@code plan} and {@code failure} is there.
 *
 * @param model facts from the headers; absent where they could not be read, or where there was no room for them
 * @param plan predicted bytes, without modules; its devices are left out where there was no room for them
 * @param failure what a server would say in its place
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PlanningReport(
        @Nullable ModelReport model,
        @Nullable PlanReport plan,
        @Nullable Failure failure) {
    /** Bytes of a termination message that Kubernetes keeps. */
    public static final int MOST_BYTES = 4096;

    public static PlanningReport refused(@Nullable ModelReport model, Failure failure) {
        return new PlanningReport(model, null, failure);
    }
}
