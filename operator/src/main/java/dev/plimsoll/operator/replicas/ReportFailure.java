package dev.plimsoll.operator.replicas;

/**
 * Why a pod's report could not be had.
 *
 * @param cause what kind of failure; an open word, see the constants
 * @param message for people: what was tried and what came of it, without the pod's name
 */
public record ReportFailure(Cause cause, String message) {
    /** Nothing listens, or something on the way refuses. */
    public static final Cause REFUSED = new Cause("Refused");

    /** No complete answer within the deadline. */
    public static final Cause TIMED_OUT = new Cause("TimedOut");

    /** An answer with another HTTP status than 200. */
    public static final Cause HTTP_STATUS = new Cause("HttpStatus");

    /** An answer that is no JSON, or not JSON of a report. */
    public static final Cause NOT_JSON = new Cause("NotJson");

    /** A report of a pod with another UID. */
    public static final Cause OTHER_POD = new Cause("OtherPod");

    /** A report that says what cannot be. */
    public static final Cause IMPLAUSIBLE = new Cause("Implausible");

    /** An answer longer than a report may be. */
    public static final Cause TOO_LARGE = new Cause("TooLarge");

    /** A cause in one word, as metrics label it. */
    public record Cause(String word) {}

    /** An answer with an HTTP status that is not 200. */
    public static ReportFailure httpStatus(int status) {
        return new ReportFailure(HTTP_STATUS, "HTTP status " + status);
    }

    /** Whether the pod was reached and what it said was rejected, rather than nothing having been heard from it. */
    public boolean isRejection() {
        return !cause.equals(REFUSED) && !cause.equals(TIMED_OUT);
    }
}
