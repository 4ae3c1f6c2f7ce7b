package dev.plimsoll.operator.replicas;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a pod is that is to run once and end, such as one that plans.
 *
 * @param server the container that was given a server's name
 * @param obstacle what keeps it from running; null where nothing is known to
 * @param givenUp why its kubelet or a controller gave it up; null where nobody did
 */
public record PodStart(
        String name,
        ServerState server,
        @Nullable Obstacle obstacle,
        @Nullable String givenUp) {

    public static PodStart of(Pod pod, List<PodTrouble> troubles) {
        PodView view = new PodView(pod);
        ServerState state = view.server().state();
        boolean ended = state instanceof ServerState.Ended;
        return new PodStart(
                view.name(),
                state,
                ended || state instanceof ServerState.Running ? null : Obstacles.of(view, state, troubles),
                view.phase().equals("Failed") && !ended
                        ? Optional.of(view.message())
                                .filter(words -> !words.isEmpty())
                                .map(words -> view.reason() + ": " + words)
                                .orElse(view.reason())
                        : null);
    }
}
