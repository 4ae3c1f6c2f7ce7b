package dev.plimsoll.operator.page.view;

import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.PodStatus.LoadStatus;
import dev.plimsoll.api.status.PodStatus.PodFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One replica: how far it is, its hulls, and what lives where. */
public record ReplicaView(
        String name,
        @Nullable String node,
        boolean current,
        String phase,
        @Nullable String since,
        @Nullable Integer restarts,
        @Nullable PodFailure failure,
        @Nullable LoadStatus load,
        List<Hull> hulls,
        List<Place> places) {

    static ReplicaView of(PodStatus pod, Hulls hulls) {
        return new ReplicaView(
                pod.name(),
                pod.node(),
                pod.current(),
                pod.phase().toString(),
                pod.since(),
                pod.restarts(),
                pod.failure(),
                pod.load(),
                hulls.of(pod),
                Hulls.devices(pod).stream()
                        .map(device -> Place.of(device.name(), device.kind(), device.modules()))
                        .toList());
    }
}
