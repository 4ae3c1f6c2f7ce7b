package dev.plimsoll.operator.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps a pod from running its server, step by step of its start. */
class ObstaclesTest {
    private static final String NO_NODE =
            "conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes: Insufficient nvidia.com/gpu'}]";
    private static final String SERVER_WAITS =
            "containerStatuses: [{name: server, state: {waiting: {reason: PodInitializing}}}]";
    private static final PodTrouble NOT_ATTACHED =
            new PodTrouble("FailedAttachVolume", "Multi-Attach error for volume models");

    @Test
    void aPodThatNoNodeTakesIsToldInTheSchedulersWords() {
        assertThat(obstacle(NO_NODE)).isEqualTo("SCHEDULING Unschedulable: 0/3 nodes: Insufficient nvidia.com/gpu");
        assertThat(obstacle("conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated}]"))
                .isEqualTo("SCHEDULING SchedulingGated: ");
        assertThat(obstacle("conditions: [{type: PodScheduled, status: 'False'}]"))
                .isEqualTo("SCHEDULING Unschedulable: ");
        assertThat(obstacle("conditions: [{type: PodScheduled, status: 'True'}]"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ErrImagePull",
                "ImagePullBackOff",
                "ErrImageNeverPull",
                "InvalidImageName",
                "RegistryUnavailable"
            })
    void anImageThatIsNotThereIsTold(String reason) {
        assertThat(obstacle(waits("server", reason, "no such image"))).isEqualTo("IMAGE " + reason + ": no such image");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "OfALaterVersion"})
    void aContainerThatCannotBeMadeIsToldWhateverTheKubeletCallsIt(String reason) {
        assertThat(obstacle(waits("server", reason, "secret \"x\" not found")))
                .isEqualTo("CONTAINER " + reason + ": secret \"x\" not found");
    }

    /** A crash loop is told by how the server ended. */
    @ParameterizedTest
    @ValueSource(strings = {"ContainerCreating", "PodInitializing", "CrashLoopBackOff"})
    void whatIsOnItsWayIsNoObstacle(String reason) {
        assertThat(obstacle(waits("server", reason, "back-off 40s"))).isNull();
    }

    @Test
    void anInitContainerThatEndsBadlyIsTold() {
        assertThat(obstacle("""
                initContainerStatuses:
                - {name: done, state: {terminated: {exitCode: 0, reason: Completed}}}
                - {name: fetch, restartCount: 0, state: {terminated: {exitCode: 7, reason: Error, message: 'no route'}}}
                """ + SERVER_WAITS))
                .isEqualTo("INIT_CONTAINER Error: container fetch ended with exit code 7: no route");
        assertThat(obstacle("""
                initContainerStatuses:
                - name: fetch
                  restartCount: 4
                  state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s}}
                  lastState: {terminated: {exitCode: 1}}
                """ + SERVER_WAITS))
                .isEqualTo("INIT_CONTAINER Error: container fetch ended with exit code 1 (restarted 4 times)");
    }

    @Test
    void anInitContainerThatWaitsIsToldAndOneThatRunsIsNot() {
        assertThat(obstacle("""
                initContainerStatuses:
                - {name: fetch, state: {waiting: {reason: ImagePullBackOff, message: no such image}}}
                """ + SERVER_WAITS)).isEqualTo("IMAGE ImagePullBackOff: no such image");
        assertThat(obstacle("""
                initContainerStatuses:
                - {name: fetch, state: {waiting: {reason: CreateContainerConfigError, message: no secret}}}
                """ + SERVER_WAITS)).isEqualTo("INIT_CONTAINER CreateContainerConfigError: no secret");
        assertThat(obstacle("""
                initContainerStatuses:
                - {name: fetch, restartCount: 2, state: {running: {}}, lastState: {terminated: {exitCode: 1}}}
                - {name: later, state: {waiting: {reason: PodInitializing}}}
                """ + SERVER_WAITS))
                .as("it has failed before, and tries again")
                .isNull();
    }

    /** A native sidecar is an init container that goes on running. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{running: {}}                        | ",
                "{waiting: {reason: CrashLoopBackOff}}| INIT_CONTAINER Error: container mesh ended with exit code 2"
                        + " (restarted 3 times)"
            })
    void aNativeSidecarIsInTheWayOnlyWhereItDoesNotRun(String state, @Nullable String told) {
        String sidecar = """
                initContainerStatuses:
                - {name: mesh, restartCount: 3, started: true, state: %s, lastState: {terminated: {exitCode: 2}}}
                """.formatted(state);
        assertThat(obstacle(sidecar + SERVER_WAITS)).isEqualTo(told);
        assertThat(obstacle(sidecar + "containerStatuses: [{name: server, started: true, state: {running: {}}}]"))
                .as("nothing is in the way of a server that runs")
                .isNull();
    }

    @Test
    void whatOnlyEventsSayIsToldOfWhatWaits() {
        assertThat(obstacle(SERVER_WAITS, NOT_ATTACHED))
                .isEqualTo("VOLUME FailedAttachVolume: Multi-Attach error for volume models");
        assertThat(obstacle(SERVER_WAITS, new PodTrouble("FailedMount", "exit status 32")))
                .startsWith("VOLUME FailedMount");
        assertThat(obstacle(SERVER_WAITS, new PodTrouble("FailedCreatePodSandBox", "no CNI")))
                .startsWith("CONTAINER FailedCreatePodSandBox");
    }

    /** What comes first in a pod's start explains the rest. */
    @Test
    void theFirstStepThatFailsIsTold() {
        String waits = waits("server", "ImagePullBackOff", "x");
        assertThat(obstacle(NO_NODE + "\n" + waits, NOT_ATTACHED)).startsWith("SCHEDULING");
        assertThat(obstacle(waits, NOT_ATTACHED)).startsWith("IMAGE");
        assertThat(obstacle("initContainerStatuses: [{name: a, state: {terminated: {exitCode: 1}}}]\n" + waits))
                .startsWith("INIT_CONTAINER");
    }

    private static String waits(String container, String reason, String message) {
        return "containerStatuses: [{name: %s, state: {waiting: {reason: %s, message: '%s'}}}]"
                .formatted(container, reason, message);
    }

    private static @Nullable String obstacle(String status, PodTrouble... troubles) {
        Obstacle obstacle = Namespace.with("""
                        metadata: {name: p, uid: u, ownerReferences: [{kind: ReplicaSet, uid: rs-new, controller: true}]}
                        spec: {nodeName: n}
                        status:
                          phase: Pending
                        """ + status.indent(2))
                .replicas(uid -> new PodKnowledge(KnownReport.notAsked(), Namespace.FIRST_SEEN, List.of(troubles)))
                .active()
                .getFirst()
                .obstacle();
        return obstacle == null ? null : obstacle.kind() + " " + obstacle.reason() + ": " + obstacle.message();
    }
}
