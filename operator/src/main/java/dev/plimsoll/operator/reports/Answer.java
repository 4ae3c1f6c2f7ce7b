package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.replicas.ReportFailure;

/** What a pod said, once it has been checked. */
sealed interface Answer {
    /** A report of its own that can be true. */
    record Report(ReplicaReport report) implements Answer {}

    /** Nothing that could be believed. */
    record None(ReportFailure failure) implements Answer {}

    static None none(ReportFailure.Cause cause, String message) {
        return new None(new ReportFailure(cause, message));
    }
}
