package dev.plimsoll.operator.replicas;

/**
 * What an Event of a pod warns of, such as {@code FailedMount} or {@code FailedAttachVolume}.
 *
 * @param reason the Event's
 * @param message the Event's note
 */
public record PodTrouble(String reason, String message) {}
