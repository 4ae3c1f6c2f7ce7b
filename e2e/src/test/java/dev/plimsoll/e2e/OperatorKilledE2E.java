package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Operators that end without a word: what they left is taken up, and nothing untrue was said meanwhile. */
@Isolated
class OperatorKilledE2E {
    private static final int ROUNDS = 4;

    @Test
    void atRandomPointsOfARollout() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Topology it = new Topology("e2e-operator-killed")) {
            Operator operator = new Operator(it.cluster().client());
            operator.awaitAllReady();
            Instant start = Instant.now();
            it.serve();
            for (int round = 1; round <= ROUNDS; round++) {
                it.cluster().apply("model", it.model().spec(64 + round));
                Thread.sleep(random.nextInt(4000));
                for (Pod pod : operator.pods()) {
                    operator.kill(pod);
                }
                long generation = 1L + round;
                Seen ready = it.journal()
                        .await(
                                "Ready after a kill in round " + round + " of seed " + seed,
                                seen -> seen.generation() == generation && seen.is("Ready", "True", "AsSpecified"));
                assertThat(ready.status().path("updatedReplicas").intValue()).isEqualTo(1);
                operator.awaitAllReady();
            }
            it.journal().standing(start).forEach(seen -> readyIsTrue(it.journal(), seen));
            it.journal()
                    .await("one replica", seen -> seen.status().path("replicas").intValue() == 1);
            Pod pod = onlyActive(it.cluster());
            assertThat(pod.getStatus().getContainerStatuses().getFirst().getRestartCount())
                    .isZero();
        }
    }

    @Test
    void bothToldToEndBeforeAServerServes() throws Exception {
        try (Topology it = new Topology("e2e-operator-restarted")) {
            Operator operator = new Operator(it.cluster().client());
            operator.awaitAllReady();
            it.apply();
            it.journal().awaitPod("a pod", _ -> true);
            operator.pods().forEach(pod -> it.cluster().client().resource(pod).delete());
            it.awaitServing();
            assertThat(it.cluster()
                            .onlyPod("model")
                            .getStatus()
                            .getContainerStatuses()
                            .getFirst()
                            .getRestartCount())
                    .isZero();
            operator.awaitAllReady();
        }
    }

    @Test
    void whileItLeadsAndAnotherStandsBy() throws Exception {
        try (Topology it = new Topology("e2e-operator-failover")) {
            Operator operator = new Operator(it.cluster().client());
            operator.awaitAllReady();
            List<String> both =
                    operator.pods().stream().map(OperatorKilledE2E::name).toList();
            assertThat(both).as("operators of the manifests").hasSize(2);
            it.serve();
            Pod leader = operator.leader();
            Instant killed = Instant.now();
            operator.kill(leader);
            it.cluster().client().resource(it.cluster().onlyPod("model")).delete();
            it.cluster().apply("model", it.model().spec(65));
            it.journal()
                    .timed(
                            Latencies.After.LEADER,
                            "leading operator killed: the other one's first status",
                            killed,
                            seen -> seen.generation() == 2 && seen.isCurrent());
            it.journal()
                    .await(
                            "Ready by the other one",
                            seen -> seen.generation() == 2 && seen.is("Ready", "True", "AsSpecified"));
            assertThat(name(operator.leader())).as("who leads now").isNotEqualTo(name(leader));
        }
    }

    /** Whoever says Ready, of whatever spec, a pod of that spec was ready then. */
    private static void readyIsTrue(Journal journal, Seen seen) {
        if (seen.isCurrent() && seen.is("Ready", "True")) {
            String tokens = "\"maxSequenceTokens\":"
                    + seen.object().at("/spec/serving/maxSequenceTokens").asText();
            assertThat(journal.podsAround(seen.at())).as(seen.toString()).anySatisfy(pod -> assertThat(
                            pod.isReady() && spec(pod.pod()).contains(tokens))
                    .isTrue());
        }
    }

    private static String spec(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals("PLIMSOLL_SPEC"))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static Pod onlyActive(Cluster cluster) {
        List<Pod> active = cluster.pods("model").stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        assertThat(active).hasSize(1);
        return active.getFirst();
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }
}
