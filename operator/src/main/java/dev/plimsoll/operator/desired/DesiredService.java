package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/**
 * Where clients find the replicas that are ready. It selects by every label that replicas have in common, so that a pod
 * which merely names the deployment gets no requests; see manifests/README.md for one that copies them all.
 */
public final class DesiredService {
    private DesiredService() {}

    static Service of(ModelDeployment model) {
        String name = model.getMetadata().getName();
        return Drift.stamped(new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(Labels.of(name))
                .withOwnerReferences(Owner.reference(model))
                .endMetadata()
                .withNewSpec()
                .withSelector(Labels.of(name))
                .addNewPort()
                .withName("http")
                .withProtocol("TCP")
                .withPort(ServerPod.HTTP_PORT)
                .withTargetPort(new IntOrString("http"))
                .endPort()
                .endSpec()
                .build());
    }

    /** Base URL of the OpenAI API inside the cluster. */
    public static String url(ModelDeployment model) {
        return "http://" + model.getMetadata().getName() + "."
                + model.getMetadata().getNamespace() + ".svc:" + ServerPod.HTTP_PORT + "/v1";
    }
}
