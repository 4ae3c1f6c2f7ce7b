package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.ApplyFailure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.Optional;

/** Why an object could not be applied, from what the API server answered. */
final class ApplyRefusal {
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY_REQUESTS = 429;

    private static final String NO_DEVICE_CLAIMS =
            "this cluster has no resource.k8s.io/v1 (Dynamic Resource Allocation, from Kubernetes 1.34 on): ask for GPUs"
                    + " by gpu.resourceName instead of gpu.deviceClassName";

    private ApplyRefusal() {}

    static ApplyFailure taken(HasMetadata wanted, String owner) {
        return of(
                wanted,
                Reason.NameTaken,
                wanted.getKind() + " " + wanted.getMetadata().getName() + " of namespace "
                        + wanted.getMetadata().getNamespace() + " exists and belongs to " + owner
                        + ": remove it, or give the ModelDeployment another name",
                false);
    }

    static ApplyFailure leftover(HasMetadata wanted, String ownerUid) {
        return of(
                wanted,
                Reason.Conflict,
                wanted.getKind() + " " + wanted.getMetadata().getName()
                        + " belongs to an earlier ModelDeployment of this" + " name (UID " + ownerUid
                        + ") and waits for the garbage collector to remove it",
                true);
    }

    static ApplyFailure of(HasMetadata wanted, RuntimeException thrown) {
        int code = thrown instanceof KubernetesClientException refused ? refused.getCode() : 0;
        String words = words(thrown);
        return switch (code) {
            case HttpURLConnection.HTTP_BAD_REQUEST, UNPROCESSABLE -> of(wanted, Reason.Invalid, words, false);
            case HttpURLConnection.HTTP_NOT_FOUND ->
                wanted instanceof ResourceClaimTemplate
                        ? of(wanted, Reason.ApiUnavailable, NO_DEVICE_CLAIMS, false)
                        : of(wanted, Reason.ApplyFailed, words, true);
            case HttpURLConnection.HTTP_FORBIDDEN ->
                words.contains("exceeded quota")
                        ? of(wanted, Reason.QuotaExceeded, words, false)
                        : of(wanted, Reason.Forbidden, words, false);
            case HttpURLConnection.HTTP_UNAUTHORIZED -> of(wanted, Reason.Forbidden, words, true);
            case HttpURLConnection.HTTP_CONFLICT -> of(wanted, Reason.Conflict, words, true);
            case TOO_MANY_REQUESTS -> of(wanted, Reason.Throttled, words, true);
            default ->
                words.contains("failed calling webhook")
                        ? of(wanted, Reason.WebhookFailed, words, true)
                        : of(wanted, Reason.ApplyFailed, words, true);
        };
    }

    private static ApplyFailure of(HasMetadata wanted, Reason reason, String message, boolean retryable) {
        return new ApplyFailure(wanted.getKind(), wanted.getMetadata().getName(), reason, message, retryable);
    }

    /** The API server's own words, where it answered; a proxy may answer without any. */
    static String words(RuntimeException thrown) {
        return Optional.of(thrown)
                .filter(KubernetesClientException.class::isInstance)
                .map(refused -> ((KubernetesClientException) refused).getStatus())
                .map(Status::getMessage)
                .orElseGet(() -> Objects.requireNonNullElse(
                        thrown.getMessage(), thrown.getClass().getSimpleName()));
    }
}
