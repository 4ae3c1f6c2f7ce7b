package dev.plimsoll.operator.reports;

import io.javaoperatorsdk.operator.processing.event.ResourceID;

/**
 * A running pod that is asked for its report.
 *
 * @param model the ModelDeployment that it is a replica of
 * @param run of its server; empty before the first
 * @param signs what Kubernetes saw of its containers: with another look of them it may have something else to report
 */
record PolledPod(ResourceID model, String namespace, String name, String uid, String ip, String run, String signs) {}
