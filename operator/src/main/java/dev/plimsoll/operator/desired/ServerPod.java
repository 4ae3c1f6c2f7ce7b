package dev.plimsoll.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.plimsoll.api.Gpu;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Scheduling;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The pod that serves a model. It passes the restricted Pod Security profile (but for a model in a node's folder) and
 * holds no token.
 */
final class ServerPod {
    static final int HTTP_PORT = 8000;
    static final int MANAGEMENT_PORT = 9000;

    private static final String MODEL_FOLDER = "/model";
    private static final String SCRATCH_FOLDER = "/scratch";
    private static final String API_KEYS_FOLDER = "/api-keys";
    private static final int READABLE = 0444;
    private static final Quantity TMP_SIZE = new Quantity("256Mi");
    private static final long GRACE_SECONDS = 60;
    /** The order of a {@link Map#of} differs from process to process; a digest must not. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final ModelDeployment model;
    private final ModelDeploymentSpec spec;
    private final ModelLocation location;
    private final OperatorConfig config;

    ServerPod(ModelDeployment model, OperatorConfig config) {
        this.model = model;
        this.spec = model.getSpec();
        this.location = ModelLocation.of(spec.model().uri(), config.fileRoot());
        this.config = config;
    }

    PodTemplateSpec template() {
        PodTemplateSpec template = withoutHash();
        Map<String, String> labels = new TreeMap<>(template.getMetadata().getLabels());
        labels.put(Labels.SPEC_HASH, hash(template));
        template.getMetadata().setLabels(labels);
        return template;
    }

    private PodTemplateSpec withoutHash() {
        Scheduling scheduling =
                Objects.requireNonNullElse(spec.scheduling(), new Scheduling(Map.of(), List.of(), null, null));
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Labels.of(model.getMetadata().getName()))
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(GRACE_SECONDS)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(65532L)
                .withRunAsGroup(65532L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(container())
                .withVolumes(volumes())
                .withNodeSelector(scheduling.nodeSelector())
                .withTolerations(scheduling.tolerations())
                .withPriorityClassName(scheduling.priorityClassName())
                .withRuntimeClassName(scheduling.runtimeClassName())
                .endSpec()
                .build();
    }

    private Container container() {
        return new ContainerBuilder()
                .withName(Labels.SERVER_CONTAINER)
                .withImage(config.serverImage())
                .withImagePullPolicy("IfNotPresent")
                .withArgs("serve")
                .withEnv(environment())
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
                .withVolumeMounts(mounts())
                .build();
    }

    private List<VolumeMount> mounts() {
        List<VolumeMount> mounts = new ArrayList<>();
        mounts.add(new VolumeMountBuilder()
                .withName("model")
                .withMountPath(MODEL_FOLDER)
                .withReadOnly(true)
                .build());
        mounts.add(mount("tmp", "/tmp"));
        if (spec.memory().disk() != null) {
            mounts.add(mount("scratch", SCRATCH_FOLDER));
        }
        if (spec.serving().apiKeys() != null) {
            mounts.add(new VolumeMountBuilder()
                    .withName("api-keys")
                    .withMountPath(API_KEYS_FOLDER)
                    .withReadOnly(true)
                    .build());
        }
        return mounts;
    }

    private List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        volumes.add(modelVolume());
        volumes.add(emptyFolder("tmp", TMP_SIZE));
        if (spec.memory().disk() != null) {
            volumes.add(emptyFolder("scratch", spec.memory().disk()));
        }
        if (spec.serving().apiKeys() != null) {
            volumes.add(new VolumeBuilder()
                    .withName("api-keys")
                    .withNewSecret()
                    .withSecretName(spec.serving().apiKeys().name())
                    .withDefaultMode(READABLE)
                    .endSecret()
                    .build());
        }
        return volumes;
    }

    private static VolumeMount mount(String name, String path) {
        return new VolumeMountBuilder().withName(name).withMountPath(path).build();
    }

    private List<EnvVar> environment() {
        List<EnvVar> environment = new ArrayList<>();
        environment.add(variable("PLIMSOLL_SPEC", specOfPod()));
        environment.add(variable("PLIMSOLL_MODEL_DIR", modelFolder()));
        environment.add(variable("PLIMSOLL_SOURCE", spec.model().uri()));
        environment.add(variable(
                "PLIMSOLL_SERVED_NAME",
                Objects.requireNonNullElse(
                        spec.model().servedName(), model.getMetadata().getName())));
        if (usesGpus() && gpu().emulated()) {
            environment.add(variable("PLIMSOLL_DEVICES", "emulated:" + gpu().count() + "x" + config.emulatedGpu()));
        }
        if (spec.memory().disk() != null) {
            environment.add(variable("PLIMSOLL_SCRATCH", SCRATCH_FOLDER));
        }
        if (spec.serving().apiKeys() != null) {
            environment.add(variable("PLIMSOLL_API_KEYS", API_KEYS_FOLDER));
        }
        environment.add(new EnvVarBuilder()
                .withName("POD_UID")
                .withNewValueFrom()
                .withNewFieldRef()
                .withApiVersion("v1")
                .withFieldPath("metadata.uid")
                .endFieldRef()
                .endValueFrom()
                .build());
        return environment;
    }

    /** Without what does not concern a pod: a change of it replaces none. */
    private String specOfPod() {
        ModelDeploymentSpec own = new ModelDeploymentSpec(
                spec.model(),
                spec.dtype(),
                spec.placement(),
                canonical(spec.memory()),
                spec.gpu(),
                spec.serving(),
                1,
                null);
        try {
            return JSON.writeValueAsString(own);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An amount that is written in another way is the same amount: it replaces no pod. */
    private static Memory canonical(Memory memory) {
        return new Memory(
                memory.gpu() == null ? null : Canonical.bytes(memory.gpu()),
                memory.perGpu() == null
                        ? null
                        : memory.perGpu().stream()
                                .map(gpu -> new GpuLimit(gpu.index(), Canonical.bytes(gpu.limit())))
                                .toList(),
                Canonical.bytes(memory.host()),
                memory.disk() == null ? null : Canonical.bytes(memory.disk()));
    }

    private String modelFolder() {
        return location instanceof ModelLocation.Claim(String name, String path) && !path.isEmpty()
                ? MODEL_FOLDER + "/" + path
                : MODEL_FOLDER;
    }

    private Volume modelVolume() {
        VolumeBuilder volume = new VolumeBuilder().withName("model");
        return switch (location) {
            case ModelLocation.Claim claim ->
                volume.withNewPersistentVolumeClaim()
                        .withClaimName(claim.name())
                        .withReadOnly(true)
                        .endPersistentVolumeClaim()
                        .build();
            case ModelLocation.NodeFolder folder ->
                volume.withNewHostPath()
                        .withPath(folder.path())
                        .withType("Directory")
                        .endHostPath()
                        .build();
            case ModelLocation.Refused refused -> throw new IllegalStateException(refused.message());
        };
    }

    private static Volume emptyFolder(String name, Quantity size) {
        return new VolumeBuilder()
                .withName(name)
                .withNewEmptyDir()
                .withSizeLimit(Canonical.bytes(size))
                .endEmptyDir()
                .build();
    }

    private ResourceRequirements resources() {
        ResourceRequirementsBuilder resources = new ResourceRequirementsBuilder()
                .addToRequests("cpu", Canonical.cpu(new Quantity(config.serverCpu())))
                .addToRequests("memory", Canonical.bytes(spec.memory().host()))
                .addToLimits("memory", Canonical.bytes(spec.memory().host()));
        if (usesGpus()) {
            Quantity count = Canonical.bytes(new Quantity(Integer.toString(gpu().count())));
            resources.addToRequests(gpu().resourceName(), count).addToLimits(gpu().resourceName(), count);
        }
        return resources.build();
    }

    private boolean usesGpus() {
        return !spec.placement().policy().equals(PlacementPolicy.HostOnly);
    }

    private Gpu gpu() {
        return Objects.requireNonNullElse(spec.gpu(), Gpu.DEFAULT);
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

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static String hash(PodTemplateSpec template) {
        return Digest.of(JSON.valueToTree(template));
    }
}
