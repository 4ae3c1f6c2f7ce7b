package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.inject.Singleton;
import java.util.Objects;

/** The pods. One is replaced in its place, because a second one would need a second GPU meanwhile. */
@Singleton
public class DeploymentResource extends OwnedResource<Deployment> {
    private final OperatorConfig config;

    public DeploymentResource(OperatorConfig config) {
        super(Deployment.class);
        this.config = config;
    }

    @Override
    protected Deployment desired(ModelDeployment model, Context<ModelDeployment> context) {
        return of(model, config);
    }

    static Deployment of(ModelDeployment model, OperatorConfig config) {
        String name = model.getMetadata().getName();
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(Labels.of(name))
                .endMetadata()
                .withNewSpec()
                .withReplicas(model.getSpec().replicas())
                .withRevisionHistoryLimit(2)
                .withNewSelector()
                .withMatchLabels(Labels.selector(name))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(0))
                .withMaxUnavailable(new IntOrString(1))
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(new ServerPod(model, config).template())
                .endSpec()
                .build();
    }

    /** The digest that pods of the current spec carry. */
    public static String specHash(ModelDeployment model, OperatorConfig config) {
        return Objects.requireNonNull(new ServerPod(model, config)
                .template()
                .getMetadata()
                .getLabels()
                .get(Labels.SPEC_HASH));
    }
}
