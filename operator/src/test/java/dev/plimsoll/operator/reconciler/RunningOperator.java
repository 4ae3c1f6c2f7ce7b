package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.desired.DeploymentResource;
import dev.plimsoll.operator.desired.ServiceResource;
import dev.plimsoll.operator.observe.ReportPoller;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.dependent.DependentResourceSpec;
import io.javaoperatorsdk.operator.api.reconciler.dependent.DependentResource;
import io.javaoperatorsdk.operator.api.reconciler.dependent.DependentResourceFactory;
import java.time.Clock;

/** The operator as its image runs it, but in this process. */
final class RunningOperator implements AutoCloseable {
    private final Operator operator;

    RunningOperator(KubernetesClient client, OperatorConfig config, Clock clock) {
        operator = new Operator(settings -> settings.withKubernetesClient(client)
                .withCloseClientOnStop(true)
                .withUseSSAToPatchPrimaryResource(true)
                .checkingCRDAndValidateLocalModel(false)
                .withDependentResourceFactory(new Dependents(config)));
        ReportPoller reports = new ReportPoller(config, clock);
        operator.register(
                new ModelDeploymentReconciler(new Observer(config, reports, clock), new EventRecorder(client, clock)));
        operator.start();
    }

    @Override
    public void close() {
        operator.stop();
    }

    /** Gives a dependent what the container injects. */
    private record Dependents(OperatorConfig config)
            implements DependentResourceFactory<ControllerConfiguration<?>, DependentResourceSpec<?, ?, ?>> {
        @Override
        @SuppressWarnings("rawtypes")
        public DependentResource createFrom(
                DependentResourceSpec<?, ?, ?> spec, ControllerConfiguration<?> configuration) {
            DependentResource dependent = of(spec);
            configure(dependent, spec, configuration);
            return dependent;
        }

        @Override
        public Class<?> associatedResourceType(DependentResourceSpec<?, ?, ?> spec) {
            return of(spec).resourceType();
        }

        private DependentResource<?, ?> of(DependentResourceSpec<?, ?, ?> spec) {
            return spec.getDependentResourceClass().equals(DeploymentResource.class)
                    ? new DeploymentResource(config)
                    : new ServiceResource();
        }
    }
}
