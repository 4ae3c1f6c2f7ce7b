package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.event.ResourceID;

/** An object that has the name of its ModelDeployment and belongs to it. One that somebody else made is left alone. */
abstract class OwnedResource<R extends HasMetadata> extends CRUDKubernetesDependentResource<R, ModelDeployment> {
    OwnedResource(Class<R> type) {
        super(type);
    }

    /** Asked for when an object is to be removed, too: then there may be nothing to desire. */
    @Override
    protected ResourceID targetSecondaryResourceID(ModelDeployment model, Context<ModelDeployment> context) {
        return ResourceID.fromResource(model);
    }

    /**
     * Applies what no cache holds yet.
     *
     * @throws NameTakenException when the name is somebody else's
     */
    @Override
    public R create(R desired, ModelDeployment model, Context<ModelDeployment> context) {
        R standing = context.getClient().resource(desired).get();
        if (standing != null && !isOf(model, standing)) {
            throw new NameTakenException(desired);
        }
        return super.create(desired, model, context);
    }

    private static boolean isOf(ModelDeployment model, HasMetadata standing) {
        return standing.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getKind().equals(model.getKind())
                        && owner.getName().equals(model.getMetadata().getName()));
    }
}
