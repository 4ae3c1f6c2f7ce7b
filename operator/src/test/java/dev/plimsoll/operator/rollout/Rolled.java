package dev.plimsoll.operator.rollout;

import dev.plimsoll.api.status.RolloutPhase;

/** A change that has reached every pod. */
public final class Rolled {
    public static final RolloutState OUT = new RolloutState(
            RolloutPhase.Complete,
            true,
            "Replace",
            "there was no pod to be replaced",
            null,
            null,
            null,
            null,
            "plimsoll/model-server:1",
            "abc",
            1,
            null);

    private Rolled() {}
}
