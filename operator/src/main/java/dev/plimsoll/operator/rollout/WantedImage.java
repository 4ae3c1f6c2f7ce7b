package dev.plimsoll.operator.rollout;

import java.util.List;
import java.util.Optional;

/** Which server image a deployment is to run: what its own policy says, not what the operator would choose today. */
public final class WantedImage {
    private WantedImage() {}

    /**
     * @param standing what pods are made from; empty before the first
     * @param kept every revision: where none of them ever served and the last has failed, its image is no choice to keep
     * @param operators the image of this operator
     */
    public static String of(
            Policy policy, Optional<Revision> standing, List<Revision> kept, String operators, Fleet others) {
        if (policy.image() != null) {
            return policy.image();
        }
        if (standing.isEmpty()) {
            return operators;
        }
        Revision now = standing.get();
        if (policy.followsOperator()) {
            return others.failedOn(operators).isPresent() ? now.image() : operators;
        }
        boolean neverServed =
                kept.stream().allMatch(revision -> revision.history().ready() == null);
        return now.hasFailed() && neverServed ? operators : now.image();
    }
}
