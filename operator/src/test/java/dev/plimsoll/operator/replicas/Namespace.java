package dev.plimsoll.operator.replicas;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A ModelDeployment {@code m}, its Deployment, ReplicaSets of it and of others, and pods, each as YAML. */
record Namespace(String model, @Nullable String deployment, String replicaSets, List<String> pods) {
    static final Instant FIRST_SEEN = Instant.parse("2026-01-02T03:04:00Z");
    static final String MODEL = """
            apiVersion: plimsoll.dev/v1alpha1
            kind: ModelDeployment
            metadata: {name: m, uid: m-uid, namespace: default}
            """;
    static final String DEPLOYMENT = """
            metadata: {name: m, uid: d-uid, ownerReferences: [{apiVersion: plimsoll.dev/v1alpha1, kind: ModelDeployment, name: m, uid: m-uid, controller: true}]}
            """;
    static final String REPLICA_SETS = """
            metadata: {name: m-abc, uid: rs-new, ownerReferences: [{kind: Deployment, name: m, uid: d-uid, controller: true}]}
            ---
            metadata: {name: m-old, uid: rs-old, ownerReferences: [{kind: Deployment, name: m, uid: d-uid, controller: true}]}
            ---
            metadata: {name: m-xyz, uid: rs-other, ownerReferences: [{kind: Deployment, name: m, uid: d-other, controller: true}]}
            ---
            metadata: {name: m-flagless, uid: rs-flagless, ownerReferences: [{kind: Deployment, name: m, uid: d-uid}]}
            ---
            metadata: {name: m-nobody, uid: rs-nobody}
            """;

    static Namespace with(String... pods) {
        return new Namespace(MODEL, DEPLOYMENT, REPLICA_SETS, List.of(pods));
    }

    static Replicas of(String... pods) {
        return with(pods).replicas();
    }

    Namespace model(String other) {
        return new Namespace(other, deployment, replicaSets, pods);
    }

    Namespace deployment(@Nullable String other) {
        return new Namespace(model, other, replicaSets, pods);
    }

    Namespace replicaSets(String other) {
        return new Namespace(model, deployment, other, pods);
    }

    Replicas replicas() {
        return replicas(uid -> new PodKnowledge(KnownReport.notAsked(), FIRST_SEEN, List.of()));
    }

    Replicas replicas(Function<String, PodKnowledge> knowledge) {
        return Replicas.of(
                read(model, ModelDeployment.class), readDeployment(), readSets(), readPods(), "abc", knowledge);
    }

    List<Pod> owned() {
        return Replicas.owned(read(model, ModelDeployment.class), readDeployment(), readSets(), readPods());
    }

    private @Nullable Deployment readDeployment() {
        return deployment == null ? null : read(deployment, Deployment.class);
    }

    private List<ReplicaSet> readSets() {
        return Arrays.stream(replicaSets.split("---"))
                .map(set -> read(set, ReplicaSet.class))
                .toList();
    }

    private List<Pod> readPods() {
        return pods.stream().map(pod -> read(pod, Pod.class)).toList();
    }

    private static <T> T read(String yaml, Class<T> type) {
        return Serialization.unmarshal(yaml, type);
    }
}
