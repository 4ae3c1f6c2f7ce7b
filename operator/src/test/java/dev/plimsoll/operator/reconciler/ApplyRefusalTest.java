package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.ApplyFailure;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplateBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server answers, as evidence: of which object, by which reason, and whether trying again may help. */
class ApplyRefusalTest {
    private static final Service SERVICE =
            new ServiceBuilder().withNewMetadata().withName("m").endMetadata().build();

    @ParameterizedTest
    @CsvSource({
        "400, bad request, Invalid, false",
        "422, spec.x: Invalid value, Invalid, false",
        "403, 'exceeded quota: q', QuotaExceeded, false",
        "403, may not, Forbidden, false",
        "401, token expired, Forbidden, true",
        "409, the object has been modified, Conflict, true",
        "429, too many requests, Throttled, true",
        "500, 'failed calling webhook \"a\"', WebhookFailed, true",
        "500, internal error, ApplyFailed, true",
        "503, unavailable, ApplyFailed, true",
        "0, connection refused, ApplyFailed, true"
    })
    void eachAnswerHasAReason(int code, String words, String reason, boolean retryable) {
        ApplyFailure failure = ApplyRefusal.of(SERVICE, refused(code, words));
        assertThat(failure.reason().value()).isEqualTo(reason);
        assertThat(failure.retryable()).isEqualTo(retryable);
        assertThat(failure.kind()).isEqualTo("Service");
        assertThat(failure.name()).isEqualTo("m");
        assertThat(failure.message()).contains(words);
    }

    @Test
    void aClusterWithoutClaimsOfDevicesIsToldWhatToAskForInstead() {
        ApplyFailure failure = ApplyRefusal.of(
                new ResourceClaimTemplateBuilder()
                        .withNewMetadata()
                        .withName("m-1")
                        .endMetadata()
                        .build(),
                refused(404, "the server could not find the requested resource"));
        assertThat(failure.reason()).isEqualTo(Reason.ApiUnavailable);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.message()).contains("gpu.resourceName instead of gpu.deviceClassName");
    }

    /** A proxy on the way may answer with a status that says nothing, or without one. */
    @Test
    void anAnswerWithoutWordsIsOneToo() {
        Status wordless = new StatusBuilder().withCode(502).build();
        assertThat(ApplyRefusal.of(SERVICE, new KubernetesClientException("Bad Gateway", 502, wordless))
                        .message())
                .isEqualTo("Bad Gateway");
        assertThat(ApplyRefusal.of(SERVICE, new KubernetesClientException((String) null))
                        .message())
                .isEqualTo("KubernetesClientException");
    }

    private static KubernetesClientException refused(int code, String words) {
        return new KubernetesClientException(
                "Failure executing",
                code,
                new StatusBuilder().withCode(code).withMessage(words).build());
    }
}
