package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.replicas.ReportFailure;

/** What is said of a server that does not answer for itself. */
final class Silence {
    private Silence() {}

    static Finding of(Sight sight) {
        return sight.replica()
                .known()
                .failure()
                .map(failure -> of(sight, failure))
                .orElseGet(() -> Finding.unknown(
                        Reason.ReportStale, "pod " + sight.name() + " has not been heard of for a while"));
    }

    private static Finding of(Sight sight, ReportFailure failure) {
        String words = failure.cause().word() + ": " + Text.line(failure.message(), 500);
        return failure.isRejection()
                ? Finding.unknown(
                        Reason.ReportRejected,
                        "what answers at port 9000 of pod " + sight.name() + " is no report of it: " + words)
                : Finding.unknown(
                        Reason.ReportUnreachable,
                        "the operator cannot ask pod " + sight.name() + " at port 9000: " + words
                                + ": see that a NetworkPolicy or a mesh lets it, and that the server is alive");
    }
}
