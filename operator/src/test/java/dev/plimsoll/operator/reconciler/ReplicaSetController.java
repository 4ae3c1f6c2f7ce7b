package dev.plimsoll.operator.reconciler;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Optional;

/** What the Deployment and ReplicaSet controllers do for a Deployment; an API server alone has none. */
record ReplicaSetController(KubernetesClient admin, Deployment deployment) {
    /** A pod of the template as it is now. */
    Pod pod(String suffix) {
        ReplicaSet set = replicaSet();
        var template = set.getSpec().getTemplate();
        return admin.resource(new PodBuilder()
                        .withMetadata(new ObjectMetaBuilder(template.getMetadata())
                                .withName(name() + "-" + suffix)
                                .withNamespace(namespace())
                                .withOwnerReferences(controller(set))
                                .build())
                        .withNewSpecLike(template.getSpec())
                        .withNodeName("node-1")
                        .endSpec()
                        .build())
                .create();
    }

    /** Of the template as it is now. */
    private ReplicaSet replicaSet() {
        var template = deployment.getSpec().getTemplate();
        String hash = OperatorTest.revision(deployment);
        Resource<ReplicaSet> existing =
                admin.apps().replicaSets().inNamespace(namespace()).withName(name() + "-" + hash);
        return Optional.ofNullable(existing.get()).orElseGet(() -> admin.resource(new ReplicaSetBuilder()
                        .withNewMetadata()
                        .withName(name() + "-" + hash)
                        .withNamespace(namespace())
                        .withLabels(template.getMetadata().getLabels())
                        .withOwnerReferences(controller(deployment))
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(deployment.getSpec().getReplicas())
                        .withNewSelector()
                        .withMatchLabels(template.getMetadata().getLabels())
                        .endSelector()
                        .withTemplate(template)
                        .endSpec()
                        .build())
                .create());
    }

    private String name() {
        return deployment.getMetadata().getName();
    }

    private String namespace() {
        return deployment.getMetadata().getNamespace();
    }

    private static OwnerReference controller(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }
}
