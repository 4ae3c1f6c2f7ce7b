package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;

/**
 * The pods of the active revision, made from its literal template. How long a load may take is for the status to judge: the
 * Deployment itself is given no deadline.
 */
final class DesiredDeployment {
    /** See HasProgressDeadline in k8s.io/kubernetes/pkg/controller/deployment/util. */
    private static final int NO_DEADLINE = Integer.MAX_VALUE;

    private DesiredDeployment() {}

    static Deployment of(ModelDeployment model, ActiveRevision active) {
        String name = model.getMetadata().getName();
        return Drift.stamped(new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(Labels.of(name))
                .withOwnerReferences(Owner.reference(model))
                .endMetadata()
                .withNewSpec()
                .withReplicas(model.getSpec().suspended() ? 0 : model.getSpec().replicas())
                .withPaused(active.holds() ? true : null)
                .withRevisionHistoryLimit(2)
                .withProgressDeadlineSeconds(NO_DEADLINE)
                .withNewSelector()
                .withMatchLabels(Labels.selector(name))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(active.surges() ? 1 : 0))
                .withMaxUnavailable(active.surges() ? new IntOrString(0) : maxUnavailable(model))
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(active.template())
                .endSpec()
                .build());
    }

    private static IntOrString maxUnavailable(ModelDeployment model) {
        return model.getSpec().rolloutOrDefault().maxUnavailable();
    }
}
