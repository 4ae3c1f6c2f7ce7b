package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pod that plans a revision: the revision's own pod with {@code plan} in place of {@code serve}, without GPUs, probes
 * and secrets, within little memory. It runs where the revision's pods may run, so that it reaches what they reach.
 */
public final class PlanningPod {
    /** Headers and the JVM: see docs/rollouts.md. */
    static final Quantity MEMORY = new Quantity("256Mi");

    static final Quantity CPU = new Quantity("50m");

    /** For a pod that no operator looks after any more. */
    private static final long DEADLINE_SECONDS = 1800;

    private static final String APP = "app.kubernetes.io/name";
    private static final Set<String> FOLDERS = Set.of("model", "tmp");

    private PlanningPod() {}

    /**
     * @param revision that it plans
     * @param template of the revision's pods
     * @param gpuMemory memory of each GPU; empty where it is not known
     */
    public static Pod of(ModelDeployment model, String revision, PodTemplateSpec template, String gpuMemory) {
        Map<String, String> labels = new TreeMap<>(template.getMetadata().getLabels());
        labels.keySet().removeAll(Set.of(Labels.REVISION, Labels.SPEC_HASH));
        labels.put(APP, "plimsoll-plan");
        labels.put(Labels.PLANS, revision);
        labels.put(Labels.PLANS_GPUS, gpuMemory);
        return new PodBuilder()
                .withNewMetadata()
                .withName(name(model, revision))
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(labels)
                .withAnnotations(template.getMetadata().getAnnotations())
                .withOwnerReferences(Owner.reference(model))
                .endMetadata()
                .withSpec(spec(template.getSpec(), gpuMemory))
                .build();
    }

    public static String name(ModelDeployment model, String revision) {
        return model.getMetadata().getName() + "-plan-" + revision;
    }

    private static PodSpec spec(PodSpec serving, String gpuMemory) {
        return new PodSpecBuilder(serving)
                .withRestartPolicy("Never")
                .withActiveDeadlineSeconds(DEADLINE_SECONDS)
                .withTerminationGracePeriodSeconds(0L)
                .withContainers(serving.getContainers().stream()
                        .filter(container -> container.getName().equals(Labels.SERVER_CONTAINER))
                        .map(server -> container(server, gpuMemory))
                        .toList())
                .withInitContainers(List.of())
                .withVolumes(serving.getVolumes().stream()
                        .filter(volume -> FOLDERS.contains(volume.getName()))
                        .toArray(Volume[]::new))
                .withResourceClaims(List.of())
                .withTopologySpreadConstraints(List.of())
                .withAffinity(ofNodes(serving.getAffinity()))
                .build();
    }

    /** Where other pods are matters to those that serve alone. */
    private static @Nullable Affinity ofNodes(@Nullable Affinity affinity) {
        return affinity == null || affinity.getNodeAffinity() == null
                ? null
                : new AffinityBuilder()
                        .withNodeAffinity(affinity.getNodeAffinity())
                        .build();
    }

    private static Container container(Container server, String gpuMemory) {
        List<String> arguments = new ArrayList<>(List.of("plan", "--report"));
        if (!gpuMemory.isEmpty()) {
            arguments.addAll(List.of("--gpu-memory", gpuMemory));
        }
        return new ContainerBuilder(server)
                .withArgs(arguments)
                .withPorts(List.of())
                .withStartupProbe(null)
                .withLivenessProbe(null)
                .withReadinessProbe(null)
                .withLifecycle(null)
                .withResources(resources(server))
                .withVolumeMounts(server.getVolumeMounts().stream()
                        .filter(mount -> FOLDERS.contains(mount.getName()))
                        .toArray(VolumeMount[]::new))
                .build();
    }

    /** A quota that asks every pod for a limit of CPUs or of storage gets it. */
    private static ResourceRequirements resources(Container server) {
        Quantity limit = limits(server).get("cpu");
        ResourceRequirementsBuilder resources = new ResourceRequirementsBuilder()
                .addToRequests("cpu", limit != null && isLess(limit, CPU) ? limit : CPU)
                .addToRequests("memory", MEMORY)
                .addToLimits("memory", MEMORY);
        limits(server).forEach((name, most) -> {
            if (name.equals("cpu") || name.equals("ephemeral-storage")) {
                resources.addToLimits(name, most);
            }
        });
        return resources.build();
    }

    private static Map<String, Quantity> limits(Container server) {
        return server.getResources() == null
                ? Map.of()
                : Objects.requireNonNullElse(server.getResources().getLimits(), Map.of());
    }

    private static boolean isLess(Quantity amount, Quantity than) {
        return Quantity.getAmountInBytes(amount).compareTo(Quantity.getAmountInBytes(than)) < 0;
    }
}
