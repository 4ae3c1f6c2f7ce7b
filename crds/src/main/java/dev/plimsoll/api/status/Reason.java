package dev.plimsoll.api.status;

/** Why a condition is what it is. A machine may rely on these; {@code message} is for people. */
public enum Reason {
    /** Ready: every replica serves as the spec says. */
    AsSpecified,
    /** Ready, Available: no replica is asked for. */
    ScaledToZero,

    /** Fits: the plan fits every budget. */
    PlanFits,
    /** Fits: no plan has been seen yet. */
    NotPlanned,
    /** Fits: a device would have to hold more than {@code memory.gpu} or than it has. */
    GpuBudgetTooSmall,
    /** Fits: the host would have to hold more than {@code memory.host}. */
    HostBudgetTooSmall,
    /** Fits: the policy needs more GPUs than the process sees. */
    NoGpu,
    /** Fits: {@code placement.map} does not fit the model or the GPUs. */
    InvalidPlacement,
    /** Fits: {@code serving.maxSequenceTokens} is more than the model allows. */
    SequenceTooLong,

    /** Progressing: the objects were just applied and no pod runs yet. */
    Starting,
    /** Progressing, Ready: pods wait for a node, an image or a volume. */
    PodPending,
    /** Progressing, Ready: weights are being read. */
    Loading,
    /** Progressing, Ready: the model is loaded and the first steps run. */
    WarmingUp,
    /** Progressing, Ready: replicas of an older spec are being replaced, or the number of replicas changes. */
    RollingOut,
    /** Progressing: nothing is on its way. */
    Complete,
    /** Progressing: nothing will change until the spec, the checkpoint or the cluster does. */
    Stalled,

    /** Available: at least one replica answers. */
    MinimumReplicas,
    /** Available: none answers. */
    NoReplica,

    /** ModelLoaded: every replica holds the whole model. */
    Loaded,
    /** ModelLoaded: not yet. */
    NotLoaded,
    /** ModelLoaded: the URI names nothing that can be read. */
    ModelNotFound,
    /** ModelLoaded: the PersistentVolumeClaim that the URI names does not exist. */
    ClaimNotFound,
    /** ModelLoaded: the URI's scheme is not allowed by this operator. */
    SourceNotAllowed,
    /** ModelLoaded: a header, an index or a config is not what its format says, or a shard is truncated or missing. */
    InvalidCheckpoint,
    /** ModelLoaded: weights in a format that can run code, such as pickle. */
    UnsafeFormat,
    /** ModelLoaded: a {@code model_type} without an implementation. */
    UnsupportedModel,
    /** ModelLoaded: a setting of the checkpoint that changes the result and is not implemented. */
    UnsupportedConfig,
    /** ModelLoaded: reading the checkpoint failed, or it changed while it was read. */
    ReadFailed,
    /** ModelLoaded: a device had less room than the plan counted on. */
    DeviceOutOfMemory,
    /** ModelLoaded, WithinMemoryBudget: the kernel killed the container at its memory limit. */
    HostOutOfMemory,
    /** ModelLoaded: the inference engine could not be loaded or does not fit its libraries. */
    EngineFailed,
    /** ModelLoaded: the process ended in a way of which it left no account. */
    Crashed,
    /** ModelLoaded: the pods could not be made; the message is the API server's. */
    PodsRejected,

    /** PlacementSatisfied: every module is where the policy wants it. */
    PlacedAsSpecified,
    /** PlacementSatisfied: at least one module is somewhere else. */
    Misplaced,

    /** WithinMemoryBudget: every measured value is within its budget. */
    Measured,
    /** WithinMemoryBudget: a measured value is above its budget. */
    OverBudget,
    /** PlacementSatisfied, WithinMemoryBudget: nothing has been reported yet. */
    NotReported,
    /** Any: the last report is too old to be believed. */
    ReportStale
}
