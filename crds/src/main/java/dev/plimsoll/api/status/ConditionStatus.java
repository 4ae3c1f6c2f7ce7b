package dev.plimsoll.api.status;

/** As in every Kubernetes condition. */
public enum ConditionStatus {
    True,
    False,
    Unknown
}
