package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait until a pod is asked again: little while it loads, longer once it serves, and longer with each
 * failure, up to a bound. A tenth more or less, so that pods that began together do not stay together.
 *
 * @param loading between questions to a pod that does not serve yet
 * @param serving between questions to one that serves; also the bound for one that fails
 */
record Pace(Duration loading, Duration serving, RandomGenerator random) {
    private static final double JITTER = 0.1;
    private static final int DOUBLINGS = 10;

    Duration after(ReplicaReport report) {
        return jittered(report.phase().equals(Phase.Serving) ? serving : loading);
    }

    /** After so many failures in a row. */
    Duration after(int failures) {
        Duration longer = loading.multipliedBy(1L << Math.min(DOUBLINGS, failures - 1));
        return jittered(longer.compareTo(serving) < 0 ? longer : serving);
    }

    private Duration jittered(Duration wait) {
        return Duration.ofNanos((long) (wait.toNanos() * (1 - JITTER + 2 * JITTER * random.nextDouble())));
    }
}
