package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

/** What server-side apply is given for a status: name, namespace and status alone. */
final class StatusPatch {
    private StatusPatch() {}

    static ModelDeployment of(ModelDeployment model, ModelDeploymentStatus status) {
        ModelDeployment patch = new ModelDeployment();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(model.getMetadata().getName())
                .withNamespace(model.getMetadata().getNamespace())
                .build());
        patch.setStatus(status);
        return patch;
    }
}
