package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What there should be of a ModelDeployment, made once for each look at it.
 *
 * @param location where the checkpoint is
 * @param others what there is beside the pods, in the order in which it is applied: what pods cannot be without comes first
 * @param deployment the pods; null where the source is not allowed or the spec holds a value that this operator does not
 *     know: then what runs already is left as it is
 * @param specHash label value of pods of the current spec; empty where there can be none
 */
public record DesiredObjects(
        ModelLocation location,
        List<HasMetadata> others,
        @Nullable Deployment deployment,
        String specHash) {

    public static DesiredObjects of(ModelDeployment model, OperatorConfig config) {
        ModelLocation location = ModelLocation.of(model.getSpec().model().uri(), config.fileRoot());
        List<HasMetadata> others = new ArrayList<>();
        others.add(DesiredService.of(model));
        others.add(DesiredDisruptionBudget.of(model));
        if (location instanceof ModelLocation.Refused
                || !model.getSpec().unknownValues().isEmpty()) {
            return new DesiredObjects(location, others, null, "");
        }
        GpuDemand gpus = GpuDemand.of(model.getSpec());
        if (gpus.byClaim()) {
            others.add(DeviceClaim.of(model, gpus));
        }
        Deployment deployment = DesiredDeployment.of(model, config);
        return new DesiredObjects(
                location,
                others,
                deployment,
                Objects.requireNonNull(deployment
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getLabels()
                        .get(Labels.SPEC_HASH)));
    }

    /** In the order in which they are applied. */
    public List<HasMetadata> all() {
        List<HasMetadata> all = new ArrayList<>(others);
        Optional.ofNullable(deployment).ifPresent(all::add);
        return all;
    }
}
