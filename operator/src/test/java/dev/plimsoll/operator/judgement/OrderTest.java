package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fleets whose pods are in all the states that goldens know at once: their order says nothing. */
class OrderTest {
    private static final int FLEETS = 80;

    @Test
    void theStatusOfAMixedFleetDoesNotDependOnTheOrderOfItsPods() throws IOException {
        Random random = new Random(7);
        List<String> goldens = JudgementTest.cases();
        for (int fleet = 0; fleet < FLEETS; fleet++) {
            Scene scene = Scene.of(goldens.get(random.nextInt(goldens.size())));
            int more = 1 + random.nextInt(6);
            for (int i = 0; i < more; i++) {
                scene = scene.and(Scene.of(goldens.get(random.nextInt(goldens.size()))), "-" + i);
            }
            scene.model().setSpec(wanting(scene, random.nextInt(1 + scene.pods().size())));
            ModelDeploymentStatus expected = Judgement.of(scene.evidence()).status();
            for (int order = 0; order < 5; order++) {
                List<Pod> pods = new ArrayList<>(scene.pods());
                Collections.shuffle(pods, random);
                assertThat(Judgement.of(scene.with(scene.replicaSets(), pods).evidence())
                                .status())
                        .isEqualTo(expected);
            }
            Judgement second = Judgement.of(scene.evidence(expected, scene.now()));
            assertThat(second.status()).as("a second look at the same facts").isEqualTo(expected);
        }
    }

    private static ModelDeploymentSpec wanting(Scene scene, int replicas) {
        ModelDeploymentSpec spec = scene.model().getSpec();
        return new ModelDeploymentSpec(
                spec.model(),
                spec.dtype(),
                spec.placement(),
                spec.memory(),
                spec.gpu(),
                spec.serving(),
                replicas,
                spec.scheduling());
    }
}
