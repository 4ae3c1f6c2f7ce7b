package dev.plimsoll.operator.page;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Whose a bearer token is: the API server is asked, and its answer relied upon for seconds. Tokens are not kept. */
@Singleton
class Tokens {
    private static final int MOST = 512;

    private final KubernetesClient client;
    private final Cache<String, Optional<Visitor>> known;

    Tokens(KubernetesClient client, OperatorConfig config) {
        this.client = client;
        known = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(config.page().reliedUpon())
                .build();
    }

    /** Nobody where the API server does not know the token, or it has expired. */
    Optional<Visitor> visitor(String token) {
        return Objects.requireNonNull(known.get(digest(token), ignored -> review(token)));
    }

    private Optional<Visitor> review(String token) {
        TokenReview review = ApiServerAnswer.of(() -> client.tokenReviews()
                .create(new TokenReviewBuilder()
                        .withNewSpec()
                        .withToken(token)
                        .endSpec()
                        .build()));
        return Optional.ofNullable(review.getStatus())
                .filter(status -> Boolean.TRUE.equals(status.getAuthenticated()))
                .map(status -> visitor(status.getUser()));
    }

    private static Visitor visitor(UserInfo user) {
        return new Visitor(
                user.getUsername(),
                Objects.requireNonNullElse(user.getUid(), ""),
                Objects.requireNonNullElse(user.getGroups(), List.of()),
                Objects.requireNonNullElse(user.getExtra(), Map.of()));
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
