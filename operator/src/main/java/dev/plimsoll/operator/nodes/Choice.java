package dev.plimsoll.operator.nodes;

import dev.plimsoll.operator.rollout.Strategy;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;

/**
 * How pods are to be replaced, and why so.
 *
 * @param why as the status says it
 */
public record Choice(Strategy strategy, String why) {
    /** What a deployment asks for by name. */
    public static Choice asked(Strategy strategy) {
        return new Choice(strategy, "rollout.strategy is " + strategy);
    }

    public static Choice nothingToReplace() {
        return new Choice(Strategy.REPLACE, "there was no pod to be replaced");
    }

    public static Choice unknownRoom(String why) {
        return new Choice(
                Strategy.REPLACE, "rollout.strategy is Auto, and what the nodes have free is not known: " + why);
    }

    /** @param node that has room for one more pod; empty where none has */
    public static Choice byRoom(PodSpec pod, Optional<String> node) {
        return node.map(name -> new Choice(
                        Strategy.SURGE,
                        "rollout.strategy is Auto, and node " + name + " has room for one more pod: "
                                + Room.words(pod)))
                .orElseGet(() -> new Choice(
                        Strategy.REPLACE,
                        "rollout.strategy is Auto, and no node has room for one more pod: " + Room.words(pod)));
    }
}
