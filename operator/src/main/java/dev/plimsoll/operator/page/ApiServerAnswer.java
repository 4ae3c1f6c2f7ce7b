package dev.plimsoll.operator.page;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** What the API server is asked about visitors, and words for when it does not say. */
final class ApiServerAnswer {
    private static final Logger LOG = Logger.getLogger(ApiServerAnswer.class);
    private static final int FORBIDDEN = 403;

    private ApiServerAnswer() {}

    static <T> T of(Supplier<T> question) {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            LOG.warnf("the API server does not say who may see what: HTTP status %d", e.getCode());
            throw NotAnswered.unavailable(
                    e.getCode() == FORBIDDEN
                            ? "The operator may not ask the API server who you are and what you may see: install the"
                                    + " component `page`, or the chart with page.enabled."
                            : "The API server does not say who you are and what you may see.");
        }
    }
}
