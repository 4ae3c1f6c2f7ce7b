package dev.plimsoll.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.operator.rollout.Strategy;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nodes have for a pod, and what of it is free. */
class NodesTest {
    private static final String GPU = "nvidia.com/gpu";
    private static final PodSpec POD = pod("{nodeSelector: {pool: gpu}}");

    private static final Node SMALL = node("small", "24564", "NVIDIA-L4", "{taints: []}");
    private static final Node LARGE = node("large", "81559", "NVIDIA-H100", "{taints: []}");

    @Test
    void thePodIsPlannedForTheLargestGpuThatItCouldGet() {
        assertThat(Gpus.of(List.of(LARGE, SMALL), POD, GPU, 1)).isEqualTo(new Gpus("81559Mi", "NVIDIA-H100"));
        assertThat(Gpus.of(List.of(SMALL), POD, GPU, 2)).isEqualTo(new Gpus("24564Mi", "NVIDIA-L4"));
    }

    @Test
    void whatDriversOfferIsTheSizeThatEachOfAPodsGpusHas() {
        List<ResourceSlice> slices = List.of(
                slice("a", "{name: x, capacity: {memory: {value: 24Gi}}, attributes: {productName: {string: L4}}}"),
                slice("a", "{name: y, capacity: {memory: {value: 80Gi}}, attributes: {productName: {string: H100}}}"),
                slice("b", "{name: z, capacity: {memory: {value: 40Gi}}}, {name: without}"));
        assertThat(Gpus.ofSlices(slices, 1)).isEqualTo(new Gpus("81920Mi", "H100"));
        assertThat(Gpus.ofSlices(slices, 2)).as("no two are larger").isEqualTo(new Gpus("24576Mi", "L4"));
        assertThat(Gpus.ofSlices(slices, 3)).isEqualTo(Gpus.UNKNOWN);
        assertThat(Gpus.ofSlices(List.of(), 1)).isEqualTo(Gpus.UNKNOWN);
    }

    private static ResourceSlice slice(String pool, String devices) {
        return Serialization.unmarshal("""
                apiVersion: resource.k8s.io/v1
                kind: ResourceSlice
                metadata: {name: %s}
                spec: {driver: gpu.example, nodeName: n, pool: {name: %s, generation: 1, resourceSliceCount: 1}, devices: [%s]}
                """.formatted(pool, pool, devices), ResourceSlice.class);
    }

    @Test
    void whereNoNodeHasThemNothingIsKnown() {
        assertThat(Gpus.of(List.of(SMALL, LARGE), POD, GPU, 3)).isEqualTo(Gpus.UNKNOWN);
        assertThat(Gpus.of(List.of(), POD, GPU, 1)).isEqualTo(Gpus.UNKNOWN);
        assertThat(Gpus.of(List.of(LARGE), POD, "amd.com/gpu", 1)).isEqualTo(Gpus.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                                         | true",
                "{nodeSelector: {pool: gpu}}                                                                | true",
                "{nodeSelector: {pool: cpu}}                                                                | false",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [x, gpu]}]}]}}}} | true",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: NotIn, values: [gpu]}]}]}}}} | false",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: nvidia.com/gpu.memory, operator: Gt, values: ['40000']}]}]}}}} | true",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: nvidia.com/gpu.memory, operator: Lt, values: ['40000']}]}]}}}} | false",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: x, operator: Exists}]}, {matchExpressions: [{key: x, operator: DoesNotExist}]}]}}}} | true",
            })
    void aNodeIsEligibleAsTheSchedulerWouldSay(String pod, boolean eligible) {
        assertThat(new Eligible(pod(pod)).accepts(LARGE)).isEqualTo(eligible);
    }

    @Test
    void taintsThatAreNotToleratedKeepPodsAway() {
        Node tainted = node("t", "81559", "x", "{taints: [{key: gpu, value: 'yes', effect: NoSchedule}]}");
        assertThat(new Eligible(pod("{}")).accepts(tainted)).isFalse();
        assertThat(new Eligible(pod("{tolerations: [{key: gpu, operator: Exists}]}")).accepts(tainted))
                .isTrue();
        assertThat(new Eligible(pod("{tolerations: [{operator: Exists}]}")).accepts(tainted))
                .isTrue();
        assertThat(new Eligible(pod("{tolerations: [{key: gpu, value: 'no'}]}")).accepts(tainted))
                .isFalse();
        assertThat(new Eligible(pod("{}")).accepts(node("c", "1", "x", "{unschedulable: true}")))
                .isFalse();
        assertThat(new Eligible(pod("{}"))
                        .accepts(node("p", "1", "x", "{taints: [{key: a, effect: PreferNoSchedule}]}")))
                .isTrue();
    }

    @Test
    void aSurgeNeedsANodeWithRoomForOneMore() {
        PodSpec wants = pod(requests("2Gi", 1));
        List<Pod> one = List.of(running("large", requests("2Gi", 1), "Running"));
        List<Pod> two = List.of(
                running("large", requests("2Gi", 1), "Running"), running("large", requests("2Gi", 1), "Pending"));
        List<Pod> ended = List.of(
                running("large", requests("2Gi", 1), "Succeeded"), running("large", requests("2Gi", 2), "Failed"));
        assertThat(Room.forOneMore(wants, List.of(LARGE), one)).contains("large");
        assertThat(Room.forOneMore(wants, List.of(LARGE), two))
                .as("GPUs are out")
                .isEmpty();
        assertThat(Room.forOneMore(wants, List.of(LARGE), ended)).contains("large");
        assertThat(Room.forOneMore(pod(requests("65Gi", 0)), List.of(LARGE), List.of()))
                .as("memory")
                .isEmpty();
    }

    @Test
    void theChoiceSaysWhy() {
        PodSpec wants = pod(requests("2Gi", 1));
        assertThat(Choice.byRoom(wants, Optional.of("large")))
                .isEqualTo(new Choice(
                        Strategy.SURGE,
                        "rollout.strategy is Auto, and node large has room for one more pod: 2Gi of memory, 1 of"
                                + " nvidia.com/gpu"));
        assertThat(Choice.byRoom(wants, Optional.empty()).strategy()).isEqualTo(Strategy.REPLACE);
        assertThat(Choice.unknownRoom("403").why()).endsWith("is not known: 403");
    }

    private static String requests(String memory, int gpus) {
        return "{containers: [{name: server, resources: {requests: {memory: " + memory
                + (gpus == 0 ? "" : ", nvidia.com/gpu: '" + gpus + "'") + "}}}]}";
    }

    private static Pod running(String node, String spec, String phase) {
        Pod pod = new Pod();
        pod.setSpec(pod(spec));
        pod.getSpec().setNodeName(node);
        pod.setStatus(Serialization.unmarshal("phase: " + phase, PodStatus.class));
        return pod;
    }

    private static PodSpec pod(String spec) {
        return Serialization.unmarshal("spec: " + spec, Pod.class).getSpec();
    }

    private static Node node(String name, String memory, String product, String spec) {
        return Serialization.unmarshal("""
                metadata:
                  name: %s
                  labels: {pool: gpu, nvidia.com/gpu.memory: '%s', nvidia.com/gpu.product: %s}
                spec: %s
                status: {allocatable: {memory: 64Gi, cpu: '8', pods: '110', nvidia.com/gpu: '2'}}
                """.formatted(name, memory, product, spec), Node.class);
    }
}
