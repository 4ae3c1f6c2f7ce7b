package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/**
 * How many replicas a drain of nodes may take at once: as many as a rollout. One that does not answer anyway may always be
 * taken, so that a model which cannot serve holds no node.
 */
final class DesiredDisruptionBudget {
    private DesiredDisruptionBudget() {}

    static PodDisruptionBudget of(ModelDeployment model) {
        String name = model.getMetadata().getName();
        return Drift.stamped(new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(Labels.of(name))
                .withOwnerReferences(Owner.reference(model))
                .endMetadata()
                .withNewSpec()
                .withMaxUnavailable(model.getSpec().rolloutOrDefault().maxUnavailable())
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(Labels.of(name))
                .endSelector()
                .endSpec()
                .build());
    }
}
