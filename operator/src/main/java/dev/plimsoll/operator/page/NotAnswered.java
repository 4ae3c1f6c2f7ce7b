package dev.plimsoll.operator.page;

import java.io.Serial;

/** Why a question is not answered, for the browser and whoever sits before it. */
final class NotAnswered extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    final int status;
    final String reason;

    private NotAnswered(int status, String reason, String message) {
        super(message, null, false, false);
        this.status = status;
        this.reason = reason;
    }

    static NotAnswered unauthenticated(String message) {
        return new NotAnswered(401, "Unauthenticated", message);
    }

    static NotAnswered notFound() {
        return new NotAnswered(404, "NotFound", "There is no ModelDeployment of that name that you may see.");
    }

    static NotAnswered busy() {
        return new NotAnswered(503, "Busy", "Too many ask at once: ask again in a moment.");
    }

    static NotAnswered unavailable(String message) {
        return new NotAnswered(503, "Unavailable", message);
    }

    /** Another try may bring what this one did not. */
    boolean isPassing() {
        return status == 503;
    }
}
