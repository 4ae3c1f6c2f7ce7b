package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.Reason;

/**
 * An object that could not be applied, and of which of them that is true.
 *
 * @param kind of the object, such as {@code Deployment}
 * @param reason what kind of failure, as a condition names it: {@code NameTaken}, {@code QuotaExceeded},
 *     {@code Forbidden}, {@code Invalid}, {@code WebhookFailed}, {@code Conflict}, {@code Throttled}, {@code ApplyFailed}
 * @param message the API server's words, or whose the name is
 * @param retryable whether trying again may help while nobody changes anything
 */
public record ApplyFailure(String kind, String name, Reason reason, String message, boolean retryable) {
    /** Whether no pod of the current spec can be made because of it. */
    boolean concernsPods() {
        return !kind.equals("Service") && !kind.equals("PodDisruptionBudget");
    }
}
