package dev.plimsoll.operator.judgement;

import java.time.Duration;

/** How long what is on its way may take before it counts as stalled. */
final class Patience {
    /** Nothing gets better until somebody changes something. */
    static final Duration NONE = Duration.ZERO;

    /** For an object that cannot be applied for a reason that may pass. */
    static final Duration APPLY = Duration.ofMinutes(5);

    /** For pods that the API server does not admit. */
    static final Duration ADMISSION = Duration.ofMinutes(2);

    /** For a server that has ended {@link #LOOP} times or more while nothing was ready. */
    static final Duration CRASH_LOOP = Duration.ofMinutes(2);

    /** Restarts from which on a server that does not serve is in a loop. */
    static final int LOOP = 3;

    /** For a node that can take a pod: an autoscaler may be making one. */
    static final Duration NODE = Duration.ofMinutes(15);

    /** For an image, a volume, an init container, a container that the kubelet cannot make. */
    static final Duration POD = Duration.ofMinutes(5);

    /** For a replacement of a pod that failed for good. */
    static final Duration REPLACEMENT = Duration.ofMinutes(10);

    /** For the first sign of life of a server: longer than its startup probe allows it. */
    static final Duration START = Duration.ofMinutes(15);

    /** For the next twentieth of a load. */
    static final Duration LOAD_STEP = Duration.ofMinutes(10);

    static final Duration WARM_UP = Duration.ofMinutes(10);

    /** For a server that serves and fails its readiness probe. */
    static final Duration READINESS = Duration.ofMinutes(5);

    /** Between the first report that a server serves and the readiness probe that follows it. */
    static final Duration FIRST_READINESS = Duration.ofSeconds(30);

    /** For a report. */
    static final Duration REPORT = Duration.ofMinutes(10);

    /** For older pods to make room. */
    static final Duration ROOM = Duration.ofMinutes(15);

    /** For a pod that is being deleted: it is expected to end within its grace period. */
    static final Duration ENDING = Duration.ofMinutes(10);

    /** For measured bytes to come back into their budget. */
    static final Duration BUDGET = Duration.ofMinutes(5);

    private Patience() {}
}
