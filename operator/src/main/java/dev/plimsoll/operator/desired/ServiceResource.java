package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.inject.Singleton;

/** Where clients find the replicas that are ready. */
@Singleton
public class ServiceResource extends OwnedResource<Service> {
    public ServiceResource() {
        super(Service.class);
    }

    @Override
    protected Service desired(ModelDeployment model, Context<ModelDeployment> context) {
        return of(model);
    }

    static Service of(ModelDeployment model) {
        String name = model.getMetadata().getName();
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(Labels.of(name))
                .endMetadata()
                .withNewSpec()
                .withSelector(Labels.selector(name))
                .addNewPort()
                .withName("http")
                .withProtocol("TCP")
                .withPort(ServerPod.HTTP_PORT)
                .withTargetPort(new IntOrString("http"))
                .endPort()
                .endSpec()
                .build();
    }

    /** Base URL of the OpenAI API inside the cluster. */
    public static String url(ModelDeployment model) {
        return "http://" + model.getMetadata().getName() + "."
                + model.getMetadata().getNamespace() + ".svc:" + ServerPod.HTTP_PORT + "/v1";
    }
}
