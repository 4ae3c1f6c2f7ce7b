package dev.plimsoll.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.plimsoll.api.CaBundle;
import dev.plimsoll.api.Gpu;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a server is told: its part of the spec, where its files are, what it has to end; then what the spec adds. */
final class ServerEnvironment {
    /** The order of a {@link java.util.Map#of} differs from process to process; a template must not. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final ModelDeployment model;
    private final ModelDeploymentSpec spec;
    private final ModelLocation location;
    private final OperatorConfig config;

    ServerEnvironment(ModelDeployment model, ModelLocation location, OperatorConfig config) {
        this.model = model;
        this.spec = model.getSpec();
        this.location = location;
        this.config = config;
    }

    List<EnvVar> variables() {
        List<EnvVar> variables = new ArrayList<>();
        variables.add(variable("PLIMSOLL_SPEC", specOfPod()));
        variables.add(variable("PLIMSOLL_MODEL_DIR", modelFolder()));
        variables.add(variable("PLIMSOLL_SOURCE", spec.model().uri()));
        variables.add(variable(
                "PLIMSOLL_SERVED_NAME",
                Objects.requireNonNullElse(
                        spec.model().servedName(), model.getMetadata().getName())));
        GpuDemand gpus = GpuDemand.of(spec);
        if (gpus.emulated()) {
            variables.add(variable("PLIMSOLL_DEVICES", "emulated:" + gpus.count() + "x" + config.emulatedGpu()));
        }
        if (spec.memory().disk() != null) {
            variables.add(variable("PLIMSOLL_SCRATCH", ServerVolumes.SCRATCH_FOLDER));
        }
        if (spec.serving().apiKeys() != null) {
            variables.add(variable("PLIMSOLL_API_KEYS", ServerVolumes.API_KEYS_FOLDER));
        }
        variables.add(variable("PLIMSOLL_DRAIN_SECONDS", Integer.toString(Ending.drainSeconds(spec))));
        CaBundle authorities = spec.serverOrDefault().caBundle();
        if (authorities != null) {
            variables.add(variable("SSL_CERT_FILE", ServerVolumes.caFile(authorities)));
            variables.add(variable("PLIMSOLL_CA_BUNDLE", ServerVolumes.caFile(authorities)));
        }
        variables.add(new EnvVarBuilder()
                .withName("POD_UID")
                .withNewValueFrom()
                .withNewFieldRef()
                .withApiVersion("v1")
                .withFieldPath("metadata.uid")
                .endFieldRef()
                .endValueFrom()
                .build());
        Objects.requireNonNullElse(spec.serverOrDefault().env(), List.<dev.plimsoll.api.EnvVariable>of())
                .forEach(own -> {
                    variables.removeIf(ours -> ours.getName().equals(own.name()));
                    variables.add(variable(own.name(), own.value()));
                });
        return variables;
    }

    /** Without what a server has no use for: what only its pod is made from. */
    private String specOfPod() {
        ModelDeploymentSpec own = new ModelDeploymentSpec(
                spec.model(),
                spec.dtype(),
                spec.placement(),
                canonical(spec.memory()),
                ofServer(spec.gpu()),
                spec.serving(),
                1,
                null);
        try {
            return JSON.writeValueAsString(own);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Gpu ofServer(@Nullable Gpu gpu) {
        return gpu == null ? null : new Gpu(gpu.count(), gpu.resourceName());
    }

    /** An amount that is written in another way is the same amount. */
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
                ? ServerVolumes.MODEL_FOLDER + "/" + path
                : ServerVolumes.MODEL_FOLDER;
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }
}
