package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What there should be of a ModelDeployment, made once for each look at it.
 *
 * @param others what there is beside the pods, in the order in which it is applied: what pods cannot be without comes first
 * @param deployment the pods; null where nothing has been planned yet that may run
 */
public record DesiredObjects(
        List<HasMetadata> others, @Nullable Deployment deployment) {

    public static DesiredObjects of(ModelDeployment model, Optional<ActiveRevision> active) {
        List<HasMetadata> others = new ArrayList<>();
        others.add(DesiredService.of(model));
        others.add(DesiredDisruptionBudget.of(model));
        GpuDemand gpus = GpuDemand.of(model.getSpec());
        if (gpus.byClaim()) {
            others.add(DeviceClaim.of(model, gpus));
        }
        return new DesiredObjects(
                others,
                active.map(revision -> DesiredDeployment.of(model, revision)).orElse(null));
    }

    /** The template of pods for the spec as it is; empty where its source is not allowed or it holds a value that is not known. */
    public static Optional<PodTemplateSpec> template(
            ModelDeployment model, OperatorConfig config, String image, String revision) {
        return location(model, config) instanceof ModelLocation.Refused
                        || !model.getSpec().unknownValues().isEmpty()
                ? Optional.empty()
                : Optional.of(new ServerPod(model, config, image).template(revision));
    }

    public static ModelLocation location(ModelDeployment model, OperatorConfig config) {
        return ModelLocation.of(model.getSpec().model().uri(), config.fileRoot());
    }

    /** In the order in which they are applied. */
    public List<HasMetadata> all() {
        List<HasMetadata> all = new ArrayList<>(others);
        Optional.ofNullable(deployment).ifPresent(all::add);
        return all;
    }
}
