package dev.plimsoll.operator.judgement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.PodStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a status small enough to be stored whatever its pods say: beyond {@value #MOST_BYTES} bytes of JSON the devices
 * of the last pods, which need attention least, are left out.
 */
final class Bounds {
    static final int MOST_BYTES = 160 << 10;

    /** So few devices cannot come near the limit, and need not be counted in bytes. */
    private static final int FEW_DEVICES = 24;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Bounds() {}

    static ModelDeploymentStatus within(ModelDeploymentStatus status) {
        List<PodStatus> pods = new ArrayList<>(status.pods());
        if (pods.stream().mapToInt(Bounds::devices).sum() <= FEW_DEVICES) {
            return status;
        }
        int excess = bytes(status) - MOST_BYTES;
        for (int last = pods.size() - 1; last >= 0 && excess > 0; last--) {
            PodStatus full = pods.get(last);
            PodStatus brief = withoutDevices(full);
            excess -= bytes(full) - bytes(brief);
            pods.set(last, brief);
        }
        return pods.equals(status.pods()) ? status : with(status, pods);
    }

    private static int devices(PodStatus pod) {
        return pod.devices() == null ? 0 : pod.devices().size();
    }

    private static PodStatus withoutDevices(PodStatus pod) {
        return new PodStatus(
                pod.name(),
                pod.uid(),
                pod.node(),
                pod.current(),
                pod.phase(),
                pod.since(),
                null,
                pod.host(),
                pod.load(),
                pod.restarts(),
                pod.failure());
    }

    private static ModelDeploymentStatus with(ModelDeploymentStatus status, List<PodStatus> pods) {
        return new ModelDeploymentStatus(
                status.observedGeneration(),
                status.replicas(),
                status.readyReplicas(),
                status.updatedReplicas(),
                status.terminatingReplicas(),
                status.reachedReplicas(),
                status.selector(),
                status.url(),
                status.summary(),
                status.model(),
                status.plan(),
                status.rollout(),
                pods,
                status.hiddenPods(),
                status.failedPods(),
                status.conditions());
    }

    static int bytes(Object part) {
        try {
            return JSON.writeValueAsBytes(part).length;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
