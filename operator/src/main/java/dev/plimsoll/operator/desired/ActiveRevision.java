package dev.plimsoll.operator.desired;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;

/**
 * What the pods are made from, and how they are replaced by it.
 *
 * @param template as it was made
 * @param surges whether a new pod is made before an old one ends
 * @param holds whether no further pod is to be replaced
 */
public record ActiveRevision(PodTemplateSpec template, boolean surges, boolean holds) {}
