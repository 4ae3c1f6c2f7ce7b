package dev.plimsoll.operator.page;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.Optional;

/** Who may list ModelDeployments where: the API server is asked, and its answer relied upon for seconds. */
@Singleton
class Rights {
    private static final int MOST = 4096;
    private static final String EVERYWHERE = "";

    private final KubernetesClient client;
    private final Cache<Question, Boolean> known;

    private record Question(Visitor visitor, String namespace) {}

    Rights(KubernetesClient client, OperatorConfig config) {
        this.client = client;
        known = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(config.page().reliedUpon())
                .build();
    }

    boolean seesEverything(Visitor visitor) {
        return ask(new Question(visitor, EVERYWHERE));
    }

    boolean sees(Visitor visitor, String namespace) {
        return seesEverything(visitor) || ask(new Question(visitor, namespace));
    }

    private boolean ask(Question question) {
        return Objects.requireNonNull(known.get(question, this::review));
    }

    private boolean review(Question question) {
        Visitor visitor = question.visitor();
        SubjectAccessReview review = ApiServerAnswer.of(() -> client.authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(visitor.user())
                        .withUid(visitor.uid())
                        .withGroups(visitor.groups())
                        .withExtra(visitor.extra())
                        .withNewResourceAttributes()
                        .withGroup(ModelDeployment.GROUP)
                        .withResource("modeldeployments")
                        .withVerb("list")
                        .withNamespace(question.namespace())
                        .endResourceAttributes()
                        .endSpec()
                        .build()));
        return Optional.ofNullable(review.getStatus())
                .map(status -> Boolean.TRUE.equals(status.getAllowed()))
                .orElse(false);
    }
}
