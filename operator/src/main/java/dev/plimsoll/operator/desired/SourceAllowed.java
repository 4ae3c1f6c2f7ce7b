package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.dependent.DependentResource;
import io.javaoperatorsdk.operator.processing.dependent.workflow.Condition;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Whether there may be pods; those of a source that is not allowed (any more) are removed. Made while the operator is
 * built, so it looks its setting up when it is asked.
 */
public class SourceAllowed implements Condition<Deployment, ModelDeployment> {
    @Override
    public boolean isMet(
            DependentResource<Deployment, ModelDeployment> dependent,
            ModelDeployment model,
            Context<ModelDeployment> context) {
        Optional<String> fileRoot = ConfigProvider.getConfig().getOptionalValue("plimsoll.file-root", String.class);
        return !(ModelLocation.of(model.getSpec().model().uri(), fileRoot) instanceof ModelLocation.Refused);
    }
}
