package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Objects;

/**
 * The pods. One is replaced in its place, because a second one would need a second GPU meanwhile. How long a load may take
 * is for the status to judge: the Deployment itself is given no deadline.
 */
final class DesiredDeployment {
    /** See HasProgressDeadline in k8s.io/kubernetes/pkg/controller/deployment/util. */
    private static final int NO_DEADLINE = Integer.MAX_VALUE;

    private DesiredDeployment() {}

    static Deployment of(ModelDeployment model, OperatorConfig config) {
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
                .withRevisionHistoryLimit(2)
                .withProgressDeadlineSeconds(NO_DEADLINE)
                .withNewSelector()
                .withMatchLabels(Labels.selector(name))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(0))
                .withMaxUnavailable(model.getSpec().rolloutOrDefault().maxUnavailable())
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(new ServerPod(model, config, image(model, config)).template())
                .endSpec()
                .build());
    }

    private static String image(ModelDeployment model, OperatorConfig config) {
        return Objects.requireNonNullElse(model.getSpec().serverOrDefault().image(), config.serverImage());
    }
}
