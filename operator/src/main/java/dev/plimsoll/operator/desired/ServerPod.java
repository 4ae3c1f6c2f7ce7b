package dev.plimsoll.operator.desired;

import dev.plimsoll.api.Cpu;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.PodMetadata;
import dev.plimsoll.api.Scheduling;
import dev.plimsoll.api.SecretReference;
import dev.plimsoll.api.Server;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The pod that serves a model. It passes the restricted Pod Security profile (but for a model in a node's folder) and
 * holds no token. Its user is the image's, a number that is not root's, or whichever the cluster chooses: OpenShift gives
 * each namespace one of its own and refuses any other.
 */
final class ServerPod {
    static final int HTTP_PORT = 8000;
    static final int MANAGEMENT_PORT = 9000;

    private final ModelDeployment model;
    private final ModelDeploymentSpec spec;
    private final Server server;
    private final GpuDemand gpus;
    private final OperatorConfig config;
    private final String image;
    private final ServerVolumes volumes;
    private final ServerEnvironment environment;

    ServerPod(ModelDeployment model, OperatorConfig config, String image) {
        ModelLocation location = ModelLocation.of(model.getSpec().model().uri(), config.fileRoot());
        this.model = model;
        this.spec = model.getSpec();
        this.server = spec.serverOrDefault();
        this.gpus = GpuDemand.of(spec);
        this.config = config;
        this.image = image;
        this.volumes = new ServerVolumes(spec, location);
        this.environment = new ServerEnvironment(model, location, config);
    }

    /** @param revision that the pods are to be known by */
    PodTemplateSpec template(String revision) {
        PodTemplateSpec template = template();
        Map<String, String> labels = new TreeMap<>(template.getMetadata().getLabels());
        labels.put(Labels.REVISION, revision);
        template.getMetadata().setLabels(labels);
        Map<String, String> annotations =
                new TreeMap<>(Objects.requireNonNullElse(template.getMetadata().getAnnotations(), Map.of()));
        annotations.put(Labels.SHAPE, PodShape.digest(model));
        template.getMetadata().setAnnotations(annotations);
        return template;
    }

    private PodTemplateSpec template() {
        Scheduling scheduling = Objects.requireNonNullElse(spec.scheduling(), Scheduling.DEFAULT);
        NodeChoice nodes = new NodeChoice(spec);
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels())
                .withAnnotations(annotations())
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withServiceAccountName(server.serviceAccountName())
                .withImagePullSecrets(pullSecrets())
                .withTerminationGracePeriodSeconds((long) server.graceSeconds())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(container())
                .withVolumes(volumes.volumes())
                .withResourceClaims(claims())
                .withNodeSelector(scheduling.nodeSelector())
                .withAffinity(nodes.affinity())
                .withTopologySpreadConstraints(
                        nodes.spread(Labels.selector(model.getMetadata().getName())))
                .withTolerations(scheduling.tolerations())
                .withPriorityClassName(scheduling.priorityClassName())
                .withRuntimeClassName(scheduling.runtimeClassName())
                .endSpec()
                .build();
    }

    /** The operator's own win: they say whose the pods are. */
    private Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>(
                Optional.ofNullable(spec.podMetadata()).map(PodMetadata::labels).orElse(Map.of()));
        labels.putAll(Labels.of(model.getMetadata().getName()));
        return labels;
    }

    private Map<String, String> annotations() {
        return new TreeMap<>(Optional.ofNullable(spec.podMetadata())
                .map(PodMetadata::annotations)
                .orElse(Map.of()));
    }

    private List<LocalObjectReference> pullSecrets() {
        return Objects.requireNonNullElse(server.imagePullSecrets(), List.<SecretReference>of()).stream()
                .map(secret -> new LocalObjectReference(secret.name()))
                .toList();
    }

    private Container container() {
        return new ContainerBuilder()
                .withName(Labels.SERVER_CONTAINER)
                .withImage(image)
                .withImagePullPolicy(Objects.requireNonNullElse(server.imagePullPolicy(), "IfNotPresent"))
                .withArgs("serve")
                .withEnv(environment.variables())
                .addNewPort()
                .withName("http")
                .withContainerPort(HTTP_PORT)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("management")
                .withContainerPort(MANAGEMENT_PORT)
                .withProtocol("TCP")
                .endPort()
                .withResources(resources())
                .withLifecycle(Ending.lifecycle())
                .withStartupProbe(probe("started", 1, 600))
                .withLivenessProbe(probe("live", 10, 6))
                .withReadinessProbe(probe("ready", 1, 3))
                .withTerminationMessagePath("/dev/termination-log")
                .withTerminationMessagePolicy("File")
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withVolumeMounts(volumes.mounts())
                .build();
    }

    private ResourceRequirements resources() {
        ResourceRequirementsBuilder resources = new ResourceRequirementsBuilder()
                .addToRequests("cpu", cpuRequest())
                .addToRequests("memory", Canonical.bytes(spec.memory().host()))
                .addToLimits("memory", Canonical.bytes(spec.memory().host()));
        Optional.ofNullable(server.cpu())
                .map(Cpu::limit)
                .map(Canonical::cpu)
                .ifPresent(limit -> resources.addToLimits("cpu", limit));
        Optional.ofNullable(server.ephemeralStorage()).map(Canonical::bytes).ifPresent(size -> resources
                .addToRequests("ephemeral-storage", size)
                .addToLimits("ephemeral-storage", size));
        gpus.resource().ifPresent(resource -> {
            Quantity count = new Quantity(Integer.toString(gpus.count()));
            resources.addToRequests(resource, count).addToLimits(resource, count);
        });
        if (gpus.byClaim()) {
            resources.addNewClaim().withName(DeviceClaim.IN_POD).endClaim();
        }
        return resources.build();
    }

    /** What is asked for; the operator's own, or a limit below it, where nothing is. */
    private Quantity cpuRequest() {
        Optional<Cpu> cpu = Optional.ofNullable(server.cpu());
        Quantity otherwise = new Quantity(config.serverCpu());
        return Canonical.cpu(cpu.map(Cpu::request).orElseGet(() -> cpu.map(Cpu::limit)
                .filter(limit -> Quantity.getAmountInBytes(limit).compareTo(Quantity.getAmountInBytes(otherwise)) < 0)
                .orElse(otherwise)));
    }

    private List<PodResourceClaim> claims() {
        return gpus.byClaim()
                ? List.of(new PodResourceClaimBuilder()
                        .withName(DeviceClaim.IN_POD)
                        .withResourceClaimTemplateName(DeviceClaim.nameOf(model, gpus))
                        .build())
                : List.of();
    }

    private static Probe probe(String name, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath("/q/health/" + name)
                .withNewPort("management")
                .withScheme("HTTP")
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(5)
                .withSuccessThreshold(1)
                .withFailureThreshold(failures)
                .build();
    }
}
