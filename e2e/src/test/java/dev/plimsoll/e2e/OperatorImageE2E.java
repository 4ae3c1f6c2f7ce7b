package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** An operator that comes with a server image which nobody can pull: what serves goes on, whatever its policy. */
@Isolated
class OperatorImageE2E {
    private static final String OPERATOR = "deployment/plimsoll-operator";
    private static final String NONE = "registry.invalid/plimsoll/model-server:does-not-exist";

    @Test
    void takesNoModelDown() throws Exception {
        try (Topology it = new Topology("e2e-operator-image");
                Journal follows = new Journal(it.cluster(), "follows");
                Journal first = new Journal(it.cluster(), "first")) {
            it.serve();
            it.cluster().apply("follows", it.model().spec() + "rollout: {onOperatorUpgrade: RollOut}\n");
            follows.await("Ready", seen -> seen.is("Ready", "True", "AsSpecified"));
            List<String> before = serving(it);
            operatorImage(it, "=" + NONE);
            try {
                Seen told = follows.await(
                        "what stands in the way of the new image",
                        seen -> seen.status().at("/rollout/reason").asText().equals("ImageUnavailable"));
                assertThat(told.is("Ready", "True", "AsSpecified"))
                        .as("what was asked for is served")
                        .isTrue();
                assertThat(told.status().at("/rollout/message").asText()).contains("model-server:does-not-exist");

                it.cluster().apply("first", it.model().spec());
                Seen refused =
                        first.await("the first of its name", seen -> seen.is("Ready", "False", "ImageUnavailable"));
                assertThat(refused.message("Ready")).contains("model-server:does-not-exist");

                assertThat(it.journal().standing(Instant.now()).getLast().is("Ready", "True", "AsSpecified"))
                        .isTrue();
                assertThat(serving(it)).isEqualTo(before);
            } finally {
                operatorImage(it, "-");
            }
            first.await("Ready with an image that is there", seen -> seen.is("Ready", "True", "AsSpecified"));
        }
    }

    private static void operatorImage(Topology it, String value) throws Exception {
        Kubectl.run(it.cluster(), "-n", Operator.NAMESPACE, "set", "env", OPERATOR, "PLIMSOLL_SERVER_IMAGE" + value);
        Kubectl.run(it.cluster(), "-n", Operator.NAMESPACE, "rollout", "status", OPERATOR, "--timeout=120s");
    }

    private static List<String> serving(Topology it) {
        return List.of("model", "follows").stream()
                .flatMap(name -> it.cluster().pods(name).stream())
                .filter(pod -> !pod.getMetadata().getLabels().containsKey("plimsoll.dev/plans"))
                .map(Pod::getMetadata)
                .map(meta -> meta.getUid())
                .toList();
    }
}
