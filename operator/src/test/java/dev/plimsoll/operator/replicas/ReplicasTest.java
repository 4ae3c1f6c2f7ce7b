package dev.plimsoll.operator.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pods are a deployment's, and what each is to it. */
class ReplicasTest {
    private static final String OURS = "{kind: ReplicaSet, name: m-abc, uid: rs-new, controller: true}";

    @Test
    void podsOfEachReplicaSetOfTheDeploymentAreItsOwn() {
        Replicas replicas = Namespace.of(
                pod("new", OURS, "{phase: Running}"),
                pod("old", "{kind: ReplicaSet, name: m-old, uid: rs-old, controller: true}", "{phase: Running}")
                        .replace("spec-hash: abc", "spec-hash: old"),
                pod("other", "{kind: ReplicaSet, name: m-abc, uid: rs-other, controller: true}", "{phase: Running}"));
        assertThat(replicas.active()).extracting(Replica::name).containsExactly("new", "old");
        assertThat(replicas.current()).extracting(Replica::name).containsExactly("new");
        assertThat(replicas.strangers()).isEqualTo(1);
    }

    /** Kind and name are what anybody may write, and other API groups have kinds of this name. */
    @Test
    void aDeploymentOfTheSameKindAndNameOfAnotherGroupOwnsNoneOfOurs() {
        String owner =
                "{apiVersion: plimsoll.dev/v1alpha1, kind: ModelDeployment, name: m, uid: m-uid, controller: true}";
        assertThat(Namespace.DEPLOYMENT).contains(owner);
        Replicas replicas = Namespace.with(pod("p", OURS, "{phase: Running}"))
                .deployment(Namespace.DEPLOYMENT.replace(
                        owner,
                        "{apiVersion: other.dev/v1, kind: ModelDeployment, name: m, uid: o-uid, controller: true}"))
                .replicas();
        assertThat(replicas.active()).isEmpty();
        assertThat(replicas.strangers()).isEqualTo(1);
    }

    /** As an earlier operator wrote it. */
    @Test
    void aDeploymentIsOursWithoutTheControllerFlagAndWhicheverItsApiVersion() {
        String flagged =
                "{apiVersion: plimsoll.dev/v1alpha1, kind: ModelDeployment, name: m, uid: m-uid, controller: true}";
        for (String reference : List.of(
                "{apiVersion: plimsoll.dev/v1alpha1, kind: ModelDeployment, name: m, uid: m-uid}",
                "{apiVersion: plimsoll.dev/v1beta1, kind: ModelDeployment, name: m, uid: m-uid, controller: false}")) {
            assertThat(Namespace.with(pod("p", OURS, "{phase: Running}"))
                            .deployment(Namespace.DEPLOYMENT.replace(flagged, reference))
                            .replicas()
                            .active())
                    .hasSize(1);
        }
    }

    /** Kubernetes' controllers always set it: a reference without it was written by somebody else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kind: ReplicaSet, name: m-abc, uid: rs-new}",
                "{kind: ReplicaSet, name: m-abc, uid: rs-new, controller: false}",
                "{kind: ReplicaSet, name: m-abc, controller: true}",
                "{kind: Deployment, name: m, uid: d-uid, controller: true}",
                "{kind: ModelDeployment, name: m, uid: m-uid, controller: true}"
            })
    void aPodThatNoReplicaSetOfOursControlsIsAStrangers(String owner) {
        Replicas replicas = Namespace.of(pod("p", owner, "{phase: Running}"));
        assertThat(replicas.active()).isEmpty();
        assertThat(replicas.strangers()).isEqualTo(1);
    }

    @Test
    void whatHasNoUidOwnsNothing() {
        Namespace all = Namespace.with(pod("p", OURS, "{phase: Running}"));
        assertThat(all.replicas().active()).hasSize(1);
        for (Namespace without : List.of(
                all.model(Namespace.MODEL.replace("uid: m-uid, ", "")),
                all.deployment(Namespace.DEPLOYMENT.replace("uid: d-uid, ", "")),
                all.replicaSets(Namespace.REPLICA_SETS.replace("uid: rs-new, ", "")),
                all.deployment(null))) {
            assertThat(without).isNotEqualTo(all);
            assertThat(without.replicas().active()).isEmpty();
            assertThat(without.replicas().strangers()).isEqualTo(1);
        }
        assertThat(Namespace.of(pod("p", "{kind: ReplicaSet, name: m-abc, controller: true}", "{phase: Running}"))
                        .active())
                .isEmpty();
    }

    @Test
    void failedFinishedAndLeavingPodsAreToldApart() {
        Replicas replicas = Namespace.of(
                pod("evicted", OURS, "{phase: Failed, reason: Evicted, message: The node was low on resource}"),
                pod("rejected", OURS, "{phase: Failed, reason: UnexpectedAdmissionError, message: no GPU}"),
                pod("unsaid", OURS, "{phase: Failed}"),
                pod("done", OURS, "{phase: Succeeded}"),
                leaving("ends", "{phase: Running}"),
                leaving("ends-failed", "{phase: Failed, reason: Evicted}"),
                leaving("lost", "{phase: Running, reason: NodeLost}"),
                leaving(
                        "tainted",
                        "{phase: Running, conditions: [{type: DisruptionTarget, status: 'True', reason: DeletionByTaintManager}]}"),
                leaving(
                        "drained",
                        "{phase: Running, conditions: [{type: DisruptionTarget, status: 'True', reason: EvictionByEvictionAPI}]}"),
                pod("serves", OURS, "{phase: Running}"));
        assertThat(replicas.active()).extracting(Replica::name).containsExactly("serves");
        assertThat(replicas.failed())
                .extracting(pod -> pod.name() + " " + pod.reason() + ": " + pod.message())
                .containsExactly(
                        "evicted Evicted: The node was low on resource",
                        "rejected UnexpectedAdmissionError: no GPU",
                        "unsaid Failed: ");
        assertThat(replicas.finished()).isEqualTo(1);
        assertThat(replicas.leaving())
                .extracting(pod -> pod.name() + (pod.lost() ? " lost" : ""))
                .containsExactly("drained", "ends", "ends-failed", "lost lost", "tainted lost");
    }

    /** Whatever the kubelet has not said yet. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{phase: null, conditions: null, containerStatuses: null, initContainerStatuses: null}",
                "{phase: Pending, conditions: [{type: Ready}], containerStatuses: [{name: server}]}",
                "{phase: Running, containerStatuses: [{name: server, state: {}, lastState: {}}]}",
                "{phase: Running, containerStatuses: [{state: {running: {}}}]}",
                "{phase: Pending, initContainerStatuses: [{name: fetch}, {name: mesh, state: {}}]}",
                "{phase: Unknown, containerStatuses: [{name: other, state: {running: {}}}]}"
            })
    void aPodOfWhichLittleIsKnownHasNotStarted(String status) {
        Replica replica = only(pod("p", OURS, status));
        assertThat(replica.server()).isEqualTo(new ServerState.NotStarted());
        assertThat(replica.ready()).isFalse();
        assertThat(replica.restarts()).isZero();
        assertThat(replica.lastEnd()).isNull();
        assertThat(replica.obstacle()).isNull();
        assertThat(replica.report()).isEmpty();
    }

    @Test
    void norDoesOneWithoutASpecOrLabels() {
        Replica replica = only("""
                metadata: {name: p, uid: u, ownerReferences: [%s]}
                status: {phase: Running}
                """.formatted(OURS));
        assertThat(replica.node()).isNull();
        assertThat(replica.memoryLimit()).isNull();
        assertThat(replica.current()).isFalse();
    }

    @Test
    void aServerThatHasJustBegunToRunMayNotSaySince() {
        Replica replica =
                only(pod("p", OURS, "{phase: Running, containerStatuses: [{name: server, state: {running: {}}}]}"));
        assertThat(replica.server()).isEqualTo(new ServerState.Running(null, false));
    }

    /** The kubelet sorts them by name: injected ones may be anywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"istio-proxy", "zz-proxy"})
    void theServerIsJudgedWhateverIsInjectedBesideIt(String proxy) {
        String injected =
                "{name: %s, restartCount: 7, state: {waiting: {reason: ImagePullBackOff}}, lastState: {terminated: {exitCode: 1}}}"
                        .formatted(proxy);
        String server =
                "{name: server, restartCount: 2, started: true, state: {running: {startedAt: '2026-01-02T03:00:00Z'}}}";
        String first = proxy.compareTo("server") < 0 ? injected + ", " + server : server + ", " + injected;
        Replica replica = only(pod("p", OURS, "{phase: Running, containerStatuses: [%s]}".formatted(first))
                .replace(
                        "[{name: server, ",
                        "[{name: %s, resources: {limits: {memory: 64Mi}}}, {name: server, ".formatted(proxy)));
        assertThat(replica.server()).isEqualTo(new ServerState.Running(Instant.parse("2026-01-02T03:00:00Z"), true));
        assertThat(replica.restarts()).isEqualTo(2);
        assertThat(replica.lastEnd()).isNull();
        assertThat(replica.obstacle()).isNull();
        assertThat(replica.memoryLimit()).isEqualTo("1Gi");
    }

    /** The same facts in any order are the same replicas. */
    @Test
    void theOrderOfObjectsDoesNotMatter() {
        List<String> pods = new ArrayList<>(List.of(
                pod("a", OURS, "{phase: Running}"),
                pod("b", OURS, "{phase: Failed, reason: Evicted}"),
                pod("c", OURS, "{phase: Pending}"),
                pod("d", "{kind: ReplicaSet, uid: rs-old, controller: true}", "{phase: Running}"),
                leaving("e", "{phase: Running}"),
                pod("f", "{kind: ReplicaSet, uid: rs-other, controller: true}", "{phase: Running}")));
        Replicas expected = Namespace.of(pods.toArray(String[]::new));
        assertThat(expected.active()).hasSize(3);
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            Collections.shuffle(pods, random);
            assertThat(Namespace.of(pods.toArray(String[]::new))).isEqualTo(expected);
        }
    }

    @Test
    void onlyOurOwnPodsAreAskedForReports() {
        Namespace namespace = Namespace.with(
                pod("ours", OURS, "{phase: Running}"),
                pod("theirs", "{kind: ReplicaSet, uid: rs-other, controller: true}", "{phase: Running}"));
        assertThat(namespace.owned())
                .extracting((Pod pod) -> pod.getMetadata().getName())
                .containsExactly("ours");
    }

    @Test
    void silenceIsTooEarlyToTellOnlyWhereAServerThatHasStartedWasNotAskedYet() {
        Duration patience = Duration.ofSeconds(5);
        Instant soon = Namespace.FIRST_SEEN.plusSeconds(1);
        String started = "{name: server, started: %s, state: {running: {startedAt: '2026-01-02T03:00:00Z'}}}";
        Replicas silent = Namespace.of(
                pod("p", OURS, "{phase: Running, containerStatuses: [%s]}".formatted(started.formatted(true))));
        assertThat(silent.isTooEarly(patience, soon)).isTrue();
        assertThat(silent.isTooEarly(patience, Namespace.FIRST_SEEN.plusSeconds(6)))
                .isFalse();
        assertThat(Namespace.of(pod(
                                "p",
                                OURS,
                                "{phase: Running, containerStatuses: [%s]}".formatted(started.formatted(false))))
                        .isTooEarly(patience, soon))
                .isFalse();
    }

    static String pod(String name, String owner, String status) {
        return """
                metadata:
                  name: %s
                  uid: uid-%s
                  labels: {plimsoll.dev/deployment: m, plimsoll.dev/spec-hash: abc}
                  ownerReferences: [%s]
                spec: {nodeName: n, containers: [{name: server, resources: {limits: {memory: 1Gi}}}]}
                status: %s
                """.formatted(name, name, owner, status);
    }

    private static String leaving(String name, String status) {
        return pod(name, OURS, status).replace("metadata:\n", "metadata:\n  deletionTimestamp: 2026-01-02T03:00:00Z\n");
    }

    private static Replica only(String pod) {
        Replicas replicas = Namespace.of(pod);
        assertThat(replicas.active()).hasSize(1);
        return replicas.active().getFirst();
    }
}
