package dev.plimsoll.operator.replicas;

import org.jspecify.annotations.Nullable;

/**
 * A pod that is being deleted.
 *
 * @param lost whether the API server deletes it because its node does not answer: nobody can say when it ends
 */
public record LeavingPod(String name, String uid, @Nullable String node, boolean current, boolean lost) {}
