package dev.plimsoll.operator.desired;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelector;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelectorBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplateBuilder;
import java.util.List;

/**
 * The GPUs of a pod as a claim that Dynamic Resource Allocation makes for each of them from a template. A template cannot
 * be changed: its name follows from what it asks for, and pods that serve keep the one that they were made with.
 */
final class DeviceClaim {
    /** What the claim is called in a pod. */
    static final String IN_POD = "gpus";

    private static final ObjectMapper JSON = new ObjectMapper();

    private DeviceClaim() {}

    static String nameOf(ModelDeployment model, GpuDemand gpus) {
        var asked = JSON.createObjectNode()
                .put("deviceClass", gpus.deviceClass())
                .put("count", gpus.count())
                .set("selectors", JSON.valueToTree(gpus.deviceSelectors()));
        return model.getMetadata().getName() + "-" + Digest.of(asked).substring(0, 8);
    }

    static ResourceClaimTemplate of(ModelDeployment model, GpuDemand gpus) {
        List<DeviceSelector> selectors = gpus.deviceSelectors().stream()
                .map(expression -> new DeviceSelectorBuilder()
                        .withNewCel()
                        .withExpression(expression)
                        .endCel()
                        .build())
                .toList();
        return Drift.stamped(new ResourceClaimTemplateBuilder()
                .withNewMetadata()
                .withName(nameOf(model, gpus))
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(Labels.of(model.getMetadata().getName()))
                .withOwnerReferences(Owner.reference(model))
                .endMetadata()
                .withNewSpec()
                .withNewSpec()
                .withNewDevices()
                .addNewRequest()
                .withName("gpu")
                .withNewExactly()
                .withDeviceClassName(gpus.deviceClass())
                .withAllocationMode("ExactCount")
                .withCount((long) gpus.count())
                .withSelectors(selectors)
                .endExactly()
                .endRequest()
                .endDevices()
                .endSpec()
                .endSpec()
                .build());
    }
}
