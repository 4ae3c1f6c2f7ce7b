package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods that never run their server: what a user is told, for how long it is on its way, and what comes after. */
@SuppressWarnings("NullAway")
class PodTroublesIT extends OperatorTest {
    private static final Duration AN_HOUR = Duration.ofHours(1);

    /** As the kubelet refuses a pod whose device plugin has not come back after a reboot. */
    @Test
    void aPodThatTheKubeletDidNotAdmitIsToldAndIsNoReplicaOnceItIsReplaced() throws IOException {
        Workload model = workload("not-admitted").claim("models").apply(SPEC);
        deployment(model);
        Pod rejected = model.pod("a");
        model.tell(rejected, """
                phase: Failed
                reason: UnexpectedAdmissionError
                message: 'Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu'
                """);
        says(
                model,
                ConditionType.Ready,
                "False PodFailed: pod not-admitted-a failed for good and is being replaced: UnexpectedAdmissionError:"
                        + " Allocate failed due to no healthy devices present");
        assertThat(model.status().replicas()).isZero();
        assertThat(model.condition(ConditionType.Stalled)).isEmpty();
        assertThat(model.condition(ConditionType.Reconciling)).startsWith("True");
        serve(model, model.pod("b"), process());
        assertThat(model.status().replicas()).isEqualTo(1);
        assertThat(model.status().failedPods()).singleElement().satisfies(pod -> {
            assertThat(pod.name()).isEqualTo("not-admitted-a");
            assertThat(pod.reason()).isEqualTo("UnexpectedAdmissionError");
        });
        assertThat(model.events()).containsExactly("Loaded", "Ready", "UnexpectedAdmissionError");
        model.remove(rejected);
        patiently().until(() -> Objects.requireNonNullElse(model.status().failedPods(), java.util.List.of())
                .isEmpty());
        assertThat(model.condition(ConditionType.Ready)).startsWith("True AsSpecified");
    }

    /** One that is not replaced is not on its way for ever. */
    @Test
    void aPodThatFailedAndIsNotReplacedBecomesStalled() {
        Workload model = workload("not-replaced").claim("models").apply(SPEC);
        deployment(model);
        model.tell(model.pod("a"), "phase: Failed\nreason: NodeAffinity\nmessage: Pod was rejected\n");
        says(model, ConditionType.Ready, "False PodFailed");
        model.age(AN_HOUR);
        says(model, ConditionType.Stalled, "True PodFailed");
        assertThat(model.condition(ConditionType.Reconciling)).isEmpty();
        assertThat(model.condition(ConditionType.Progressing)).startsWith("False Stalled");
    }

    /** No field of a pod says why its volumes are not there: only its Events do. */
    @ParameterizedTest
    @CsvSource({
        "FailedAttachVolume, Multi-Attach error for volume \"models\" Volume is already used by pod(s) other-1",
        "FailedMount, MountVolume.SetUp failed for volume \"models\" : mount failed: exit status 32"
    })
    void aVolumeThatIsNotThereIsToldInTheKubeletsWordsAndBecomesStalled(String reason, String note) throws IOException {
        Workload model = workload("volume-" + reason.toLowerCase(java.util.Locale.ROOT))
                .claim("models")
                .apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        model.tell(pod, """
                phase: Pending
                conditions: [{type: PodScheduled, status: "True"}]
                containerStatuses:
                - {name: server, image: x, imageID: "", restartCount: 0, ready: false, state: {waiting: {reason: ContainerCreating}}}
                """);
        says(model, ConditionType.Ready, "False Starting");
        model.warns(pod, reason, note);
        says(
                model,
                ConditionType.Ready,
                "False VolumeUnavailable: pod " + pod.getMetadata().getName() + " waits for a volume: " + reason + ": "
                        + note);
        assertThat(model.condition(ConditionType.Stalled)).isEmpty();
        model.age(AN_HOUR);
        says(model, ConditionType.Stalled, "True VolumeUnavailable: pod");
        assertThat(model.events()).containsExactly("VolumeUnavailable");
        serve(model, pod, process());
        assertThat(model.condition(ConditionType.Stalled)).isEmpty();
    }
}
