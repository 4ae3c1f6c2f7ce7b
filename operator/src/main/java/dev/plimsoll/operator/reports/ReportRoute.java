package dev.plimsoll.operator.reports;

import java.util.concurrent.CompletableFuture;

/** How a question reaches a pod. */
interface ReportRoute {
    int MANAGEMENT_PORT = 9000;
    String PATH = "/placement";
    int MAX_BYTES = 1 << 20;

    /** Completes within the deadline, never exceptionally; what was under way is given up by then. */
    CompletableFuture<Reply> ask(PolledPod pod);

    void close();
}
