package dev.plimsoll.operator.rollout;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.function.UnaryOperator;

/**
 * What pods are made from, literally, and what has become of it. Never changed but for its history.
 *
 * @param key the label that its pods carry; what identifies it within its ModelDeployment
 * @param number in the order in which they were made
 * @param digest of what a spec means for pods
 * @param image of the server
 * @param template as it was made, whatever the operator would make of the spec now
 * @param generation of the spec that it was first made for
 */
public record Revision(
        String key,
        long number,
        String digest,
        String image,
        PodTemplateSpec template,
        long generation,
        History history) {

    /** The same with another history. */
    public Revision with(UnaryOperator<History> change) {
        return new Revision(key, number, digest, image, template, generation, change.apply(history));
    }

    boolean is(Revision other) {
        return key.equals(other.key);
    }

    /** Whether the plan of it forbids that pods are made from it. */
    boolean isRefused() {
        return history.plan() != null && history.plan().outcome() == Plan.Outcome.REFUSED;
    }

    boolean isComplete() {
        return history.complete() != null;
    }

    boolean hasFailed() {
        return history.failed() != null;
    }
}
