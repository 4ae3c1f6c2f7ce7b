package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.status.RolloutPhase;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a change does to a model that serves. */
@Execution(ExecutionMode.CONCURRENT)
class RolloutE2E {
    @Test
    void anEditThatCannotFitLeavesThePodThatServes() throws Exception {
        try (Topology it = new Topology("e2e-cannot-fit")) {
            Pod serves = it.serve();
            it.cluster().apply("model", it.model().spec(100_000));
            Seen told = it.journal()
                    .await("that it does not fit", seen -> seen.message("Ready").contains("generation 2 "));
            assertThat(told.is("Ready", "False", "SequenceTooLong")).isTrue();
            assertThat(told.is("Fits", "False")).isTrue();
            assertThat(told.is("Available", "True")).isTrue();
            assertThat(told.message("Ready")).startsWith("generation 1 serves on with 1 of 1 replicas");
            assertThat(it.cluster().onlyPod("model").getMetadata().getUid())
                    .isEqualTo(serves.getMetadata().getUid());
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", "SequenceTooLong", "1/1");

            it.cluster().apply("model", it.model().spec(32));
            assertThat(it.awaitServing().generation()).isEqualTo(3);
        }
    }

    @Test
    void anImageThatDoesNotExistLeavesThePodThatServes() throws Exception {
        try (Topology it = new Topology("e2e-bad-server-image")) {
            Pod serves = it.serve();
            it.cluster()
                    .apply(
                            "model",
                            it.model().spec() + "server: {image: \"registry.invalid/plimsoll/model-server:none\"}\n");
            Seen told = it.journal()
                    .await("the image", seen -> seen.message("Ready").contains("model-server:none"));
            assertThat(told.is("Ready", "False", "ImageUnavailable")).isTrue();
            assertThat(told.is("Available", "True")).isTrue();
            assertThat(it.cluster().onlyPod("model").getMetadata().getUid())
                    .isEqualTo(serves.getMetadata().getUid());

            it.cluster().apply("model", it.model().spec());
            it.awaitServing();
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
                var rollout = it.cluster().model("model").get().getStatus().rollout();
                assertThat(List.of(rollout.phase(), rollout.image()))
                        .containsExactly(RolloutPhase.Complete, image(serves));
            });
            assertThat(it.cluster().onlyPod("model").getMetadata().getUid())
                    .isEqualTo(serves.getMetadata().getUid());
        }
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getImage();
    }
}
