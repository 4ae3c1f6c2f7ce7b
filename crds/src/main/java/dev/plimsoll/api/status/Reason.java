package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Why a condition is what it is. A machine may rely on these; {@code message} is for people. An open word: what a server
 * or an operator of another version says is carried through as it is.
 */
@SuppressWarnings("MemberName")
public record Reason(@JsonValue String value) {
    /** Ready: every replica serves as the spec says. */
    public static final Reason AsSpecified = new Reason("AsSpecified");

    /** Ready, Available: no replica is asked for. */
    public static final Reason ScaledToZero = new Reason("ScaledToZero");

    /** Ready, Available: {@code spec.suspend} has given the GPUs back. */
    public static final Reason Suspended = new Reason("Suspended");

    /** Fits: the plan fits every budget. */
    public static final Reason PlanFits = new Reason("PlanFits");

    /** Fits: no plan has been seen yet. */
    public static final Reason NotPlanned = new Reason("NotPlanned");

    /** Fits: a device would have to hold more than {@code memory.gpu} or than it has. */
    public static final Reason GpuBudgetTooSmall = new Reason("GpuBudgetTooSmall");

    /** Fits: the host would have to hold more than {@code memory.host}. */
    public static final Reason HostBudgetTooSmall = new Reason("HostBudgetTooSmall");

    /** Fits: the policy needs more GPUs than the process sees. */
    public static final Reason NoGpu = new Reason("NoGpu");

    /** Fits: {@code placement.map} does not fit the model or the GPUs. */
    public static final Reason InvalidPlacement = new Reason("InvalidPlacement");

    /** Fits: {@code serving.maxSequenceTokens} is more than the model allows. */
    public static final Reason SequenceTooLong = new Reason("SequenceTooLong");

    /** Ready: the spec is planned, from the checkpoint's headers, before a pod is made or replaced. */
    public static final Reason Planning = new Reason("Planning");

    /** Ready: a pod that was to plan left no plan. */
    public static final Reason PlanFailed = new Reason("PlanFailed");

    /** Ready: a rollout came no further within its deadline. */
    public static final Reason RolloutFailed = new Reason("RolloutFailed");

    /** Progressing: the objects were just applied and no pod runs yet. */
    public static final Reason Starting = new Reason("Starting");

    /** Progressing, Ready: pods wait for a node, an image or a volume. */
    public static final Reason PodPending = new Reason("PodPending");

    /** Progressing, Ready: weights are being read. */
    public static final Reason Loading = new Reason("Loading");

    /** Progressing, Ready: the model is loaded and the first steps run. */
    public static final Reason WarmingUp = new Reason("WarmingUp");

    /** Progressing, Ready: replicas of an older spec are being replaced, or the number of replicas changes. */
    public static final Reason RollingOut = new Reason("RollingOut");

    /** Progressing: nothing is on its way. */
    public static final Reason Complete = new Reason("Complete");

    /** Progressing: nothing will change until the spec, the checkpoint or the cluster does. */
    public static final Reason Stalled = new Reason("Stalled");

    /** Available: at least one replica answers. */
    public static final Reason MinimumReplicas = new Reason("MinimumReplicas");

    /** Available: none answers. */
    public static final Reason NoReplica = new Reason("NoReplica");

    /** ModelLoaded: every replica holds the whole model. */
    public static final Reason Loaded = new Reason("Loaded");

    /** ModelLoaded: not yet. */
    public static final Reason NotLoaded = new Reason("NotLoaded");

    /** ModelLoaded: the URI names nothing that can be read. */
    public static final Reason ModelNotFound = new Reason("ModelNotFound");

    /** ModelLoaded: the PersistentVolumeClaim that the URI names does not exist. */
    public static final Reason ClaimNotFound = new Reason("ClaimNotFound");

    /** ModelLoaded: the URI's scheme is not allowed by this operator. */
    public static final Reason SourceNotAllowed = new Reason("SourceNotAllowed");

    /** ModelLoaded: a header, an index or a config is not what its format says, or a shard is truncated or missing. */
    public static final Reason InvalidCheckpoint = new Reason("InvalidCheckpoint");

    /** ModelLoaded: weights in a format that can run code, such as pickle. */
    public static final Reason UnsafeFormat = new Reason("UnsafeFormat");

    /** ModelLoaded: a {@code model_type} without an implementation. */
    public static final Reason UnsupportedModel = new Reason("UnsupportedModel");

    /** ModelLoaded: a setting of the checkpoint that changes the result and is not implemented. */
    public static final Reason UnsupportedConfig = new Reason("UnsupportedConfig");

    /** ModelLoaded: reading the checkpoint failed, or it changed while it was read. */
    public static final Reason ReadFailed = new Reason("ReadFailed");

    /** ModelLoaded: a device had less room than the plan counted on. */
    public static final Reason DeviceOutOfMemory = new Reason("DeviceOutOfMemory");

    /** ModelLoaded, WithinMemoryBudget: the kernel killed the container at its memory limit. */
    public static final Reason HostOutOfMemory = new Reason("HostOutOfMemory");

    /** ModelLoaded: the inference engine could not be loaded or does not fit its libraries. */
    public static final Reason EngineFailed = new Reason("EngineFailed");

    /** ModelLoaded: the process ended in a way of which it left no account. */
    public static final Reason Crashed = new Reason("Crashed");

    /** ModelLoaded: the pods could not be made; the message is the API server's. */
    public static final Reason PodsRejected = new Reason("PodsRejected");

    /** PlacementSatisfied: every module is where the policy wants it. */
    public static final Reason PlacedAsSpecified = new Reason("PlacedAsSpecified");

    /** PlacementSatisfied: at least one module is somewhere else. */
    public static final Reason Misplaced = new Reason("Misplaced");

    /** WithinMemoryBudget: every measured value is within its budget. */
    public static final Reason Measured = new Reason("Measured");

    /** WithinMemoryBudget: a measured value is above its budget. */
    public static final Reason OverBudget = new Reason("OverBudget");

    /** WithinMemoryBudget: what was measured counts other processes of the device, too. */
    public static final Reason NotAttributable = new Reason("NotAttributable");

    /** PlacementSatisfied, WithinMemoryBudget: nothing has been reported yet. */
    public static final Reason NotReported = new Reason("NotReported");

    /** Any: the last report is too old to be believed. */
    public static final Reason ReportStale = new Reason("ReportStale");

    /** Any: a replica does not answer when it is asked for its report. */
    public static final Reason ReportUnreachable = new Reason("ReportUnreachable");

    /** Any: what a replica answers when it is asked for its report is none of its own. */
    public static final Reason ReportRejected = new Reason("ReportRejected");

    /** Any: the spec or a report holds a value that this operator or server does not know. */
    public static final Reason UnknownValue = new Reason("UnknownValue");

    /** Ready: a name that the deployment needs belongs to somebody else's object. */
    public static final Reason NameTaken = new Reason("NameTaken");

    /** Ready: the cluster lacks an API that the spec needs. */
    public static final Reason ApiUnavailable = new Reason("ApiUnavailable");

    /** Ready: a ResourceQuota leaves no room. */
    public static final Reason QuotaExceeded = new Reason("QuotaExceeded");

    /** Ready: the operator may not write an object. */
    public static final Reason Forbidden = new Reason("Forbidden");

    /** Ready: the API server calls an object invalid. */
    public static final Reason Invalid = new Reason("Invalid");

    /** Ready: an admission webhook fails. */
    public static final Reason WebhookFailed = new Reason("WebhookFailed");

    /** Ready: somebody else writes the same object. */
    public static final Reason Conflict = new Reason("Conflict");

    /** Ready: the API server asks for patience. */
    public static final Reason Throttled = new Reason("Throttled");

    /** Ready: an object could not be written for another reason. */
    public static final Reason ApplyFailed = new Reason("ApplyFailed");

    /** Ready: no node can take a pod. */
    public static final Reason Unschedulable = new Reason("Unschedulable");

    /** Ready: a scheduling gate holds a pod back. */
    public static final Reason SchedulingGated = new Reason("SchedulingGated");

    /** Ready: an image cannot be pulled. */
    public static final Reason ImageUnavailable = new Reason("ImageUnavailable");

    /** Ready: a volume cannot be attached or mounted. */
    public static final Reason VolumeUnavailable = new Reason("VolumeUnavailable");

    /** Ready: an init container or a native sidecar fails. */
    public static final Reason InitContainerFailed = new Reason("InitContainerFailed");

    /** Ready: the kubelet cannot make the server's container. */
    public static final Reason ContainerNotCreated = new Reason("ContainerNotCreated");

    /** Ready: the Deployment of the pods is paused. */
    public static final Reason Paused = new Reason("Paused");

    /** Ready: a pod failed for good, and its replacement does not serve yet. */
    public static final Reason PodFailed = new Reason("PodFailed");

    /** Ready: a pod was evicted, and its replacement does not serve yet. */
    public static final Reason Evicted = new Reason("Evicted");

    /** ModelLoaded: the server ended by itself with exit code 0. */
    public static final Reason Exited = new Reason("Exited");

    /** ModelLoaded: the server gives an account of its failure in no word that a condition could carry. */
    public static final Reason ServerFailed = new Reason("ServerFailed");

    /** Ready: a server says that it serves and fails its readiness probe. */
    public static final Reason ReadinessLost = new Reason("ReadinessLost");

    /** Ready: as many replicas serve as were asked for before; more are on their way. */
    public static final Reason ScalingUp = new Reason("ScalingUp");

    /** Progressing: pods that are not needed any more end. */
    public static final Reason Ending = new Reason("Ending");

    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z]([A-Za-z0-9_,:]{0,126}[A-Za-z0-9_])?");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Reason {
        Objects.requireNonNull(value);
    }

    /** Whether a condition may carry it: Kubernetes allows letters, digits and {@code _,:}, and 128 of them will do. */
    public boolean isWellFormed() {
        return WELL_FORMED.matcher(value).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
