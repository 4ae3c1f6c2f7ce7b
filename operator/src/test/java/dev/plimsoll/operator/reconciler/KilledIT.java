package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An operator that is killed after any of its writes, again and again, makes nothing twice and says nothing too early. */
@SuppressWarnings("NullAway")
class KilledIT extends OperatorTest {
    private static final int MODELS = 5;
    private static final int KILLS = 3;

    @Test
    void whereverItIsKilledTheNextOneGoesOn() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Workload> models = new ArrayList<>();
        try (History history = new History(SERVER.admin)) {
            for (int i = 0; i < MODELS; i++) {
                models.add(workload("killed-" + i).claim("models").apply(SPEC));
            }
            killAfterSomeWrites(random);
            models.forEach(model -> says(model, ConditionType.Ready, "False Starting"));
            for (Workload model : models) {
                assertThat(history.of(model))
                        .as("seed %d: Ready before there was a pod", seed)
                        .noneMatch(version -> version.ready().startsWith("True"));
            }

            List<String> uids = new ArrayList<>();
            for (Workload model : models) {
                uids.add(deployment(model).getMetadata().getUid());
                serve(model, model.pod("old"), process());
            }
            models.forEach(model -> model.apply(SPEC.replace("Float32", "Float16")));
            killAfterSomeWrites(random);
            models.forEach(model -> says(model, ConditionType.Ready, "False RollingOut"));
            for (int i = 0; i < MODELS; i++) {
                Workload model = models.get(i);
                assertThat(history.of(model))
                        .as("seed %d: Ready of an edit that nothing serves yet", seed)
                        .noneMatch(version -> version.generation() == 2 && version.isCurrentlyReady());
                Deployment made = deployment(model);
                assertThat(made.getMetadata().getUid()).isEqualTo(uids.get(i));
                assertThat(made.getMetadata().getGeneration())
                        .as("made once, edited once")
                        .isEqualTo(2);
                for (String resource : List.of("apps/deployments", "/services")) {
                    assertThat(SERVER.audit.requests())
                            .filteredOn(request -> request.resource().equals(resource)
                                    && request.name().equals(model.name)
                                    && request.code() == 201)
                            .as("seed %d: %s of %s", seed, resource, model.name)
                            .hasSize(1);
                }
            }
            Workload first = models.getFirst();
            SERVER.admin
                    .pods()
                    .inNamespace("default")
                    .withName("killed-0-old")
                    .withGracePeriod(0)
                    .delete();
            Pod pod = first.pod("new");
            ReplicaProcess process = process();
            process.says(Workload.report(pod, "Serving", "Float16"));
            first.runs(pod, process, true, "{}");
            says(first, ConditionType.Ready, "True AsSpecified");
        }
    }

    /** Each time after one to five more writes, whatever they are; what does not write any more is killed all the same. */
    private static void killAfterSomeWrites(Random random) throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            long enough = writes() + 1 + random.nextInt(5);
            for (int wait = 0; wait < 300 && writes() < enough; wait++) {
                Thread.sleep(10);
            }
            restartOperator();
        }
    }

    private static long writes() {
        return SERVER.audit.requests().stream()
                .filter(request -> request.isWrite() && !request.resource().startsWith("coordination.k8s.io/"))
                .count();
    }
}
