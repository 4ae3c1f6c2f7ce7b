package dev.plimsoll.operator.replicas;

/**
 * What keeps a pod from running its server, in the words of the scheduler or the kubelet.
 *
 * @param kind which step of a pod's start it is about
 * @param reason their word, such as {@code Unschedulable}, {@code ImagePullBackOff} or {@code FailedMount}
 * @param message their sentence; may be empty
 */
public record Obstacle(Kind kind, String reason, String message) {
    /** The steps of a pod's start. */
    public enum Kind {
        SCHEDULING,
        VOLUME,
        IMAGE,
        INIT_CONTAINER,
        CONTAINER
    }
}
