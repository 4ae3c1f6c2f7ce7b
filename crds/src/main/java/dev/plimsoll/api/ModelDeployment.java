package dev.plimsoll.api;

import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.NullUnmarked;

/** A model served by pods as its spec says, with the truth about placement and memory in its status. */
@NullUnmarked
@Group(ModelDeployment.GROUP)
@Version(ModelDeployment.VERSION)
@Plural("modeldeployments")
@ShortNames("mdep")
@Categories("plimsoll")
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$')",
        message = "metadata.name must start with a letter, hold only a-z, 0-9 and '-', and have at most 52 characters:"
                + " the Service and the pods are named after it")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Replicas", jsonPath = ".status.summary.replicas")
@AdditionalPrinterColumn(name = "Placement", jsonPath = ".status.summary.placement")
@AdditionalPrinterColumn(name = "GPU-Mem", jsonPath = ".status.summary.gpuMemory")
@AdditionalPrinterColumn(name = "Host-Mem", jsonPath = ".status.summary.hostMemory")
@AdditionalPrinterColumn(name = "Dtype", jsonPath = ".status.summary.dtype")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.model.uri", priority = 1)
@AdditionalPrinterColumn(name = "URL", jsonPath = ".status.url", priority = 1)
@AdditionalPrinterColumn(name = "Load-Time", jsonPath = ".status.summary.loadTime", priority = 1)
public class ModelDeployment extends CustomResource<ModelDeploymentSpec, ModelDeploymentStatus> implements Namespaced {
    public static final String GROUP = "plimsoll.dev";
    public static final String VERSION = "v1alpha1";

    @Override
    protected ModelDeploymentSpec initSpec() {
        return null;
    }

    @Override
    protected ModelDeploymentStatus initStatus() {
        return null;
    }
}
