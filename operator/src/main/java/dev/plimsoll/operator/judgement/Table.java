package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.Row.Course;
import dev.plimsoll.operator.judgement.Row.Hit;
import dev.plimsoll.operator.replicas.Obstacle;
import java.util.List;

/**
 * What is seen and what follows from it. The first row that holds is the reason of Ready; each other condition that a
 * row tells is False by the first row that tells it, and follows from the reports alone where none does.
 */
final class Table {
    static final List<Row> ROWS = List.of(
            // what was asked for cannot be made
            Row.no(
                    "the spec holds a value that this operator does not know",
                    Patience.NONE,
                    Asked::unknownValue,
                    Reason.UnknownValue),
            Row.no(
                            "the checkpoint's source is not allowed, or its claim does not exist",
                            Patience.NONE,
                            Asked::source,
                            Reason.SourceNotAllowed,
                            Reason.ClaimNotFound)
                    .telling(ConditionType.ModelLoaded),
            Row.no(
                            "the Deployment, or what it needs, cannot be applied, and trying again will not help",
                            Patience.NONE,
                            Asked::deploymentRefused,
                            Reason.ApiUnavailable,
                            Reason.NameTaken,
                            Reason.QuotaExceeded,
                            Reason.Forbidden,
                            Reason.Invalid,
                            Reason.ApplyFailed)
                    .telling(ConditionType.ModelLoaded),
            Row.no(
                    "another object cannot be applied, and trying again will not help",
                    Patience.NONE,
                    Asked::otherRefused,
                    Reason.NameTaken,
                    Reason.QuotaExceeded,
                    Reason.Forbidden,
                    Reason.Invalid,
                    Reason.ApplyFailed),
            Row.no(
                    "an object cannot be applied for now, and not every replica serves",
                    Patience.APPLY,
                    Asked::failingWhileUnready,
                    Reason.WebhookFailed,
                    Reason.Conflict,
                    Reason.Throttled,
                    Reason.QuotaExceeded,
                    Reason.ApplyFailed),
            Row.yes(
                            "an object cannot be applied for now, though every replica serves",
                            Course.ON_ITS_WAY,
                            Asked::failingWhileReady,
                            Reason.WebhookFailed,
                            Reason.Conflict,
                            Reason.Throttled,
                            Reason.QuotaExceeded,
                            Reason.ApplyFailed)
                    .yesWithin(Patience.APPLY),
            Row.no(
                            "the plan of a spec does not fit; what served before serves on",
                            Patience.NONE,
                            Changes::refused,
                            Failures.refusals())
                    .telling(ConditionType.Fits),
            Row.no(
                            "the plan of a spec finds no checkpoint that can be served; what served before serves on",
                            Patience.NONE,
                            Changes::unusable,
                            Reason.ModelNotFound,
                            Reason.InvalidCheckpoint,
                            Reason.UnsafeFormat,
                            Reason.UnsupportedModel,
                            Reason.UnsupportedConfig,
                            Reason.UnknownValue,
                            Reason.ReadFailed,
                            Reason.ServerFailed)
                    .telling(ConditionType.ModelLoaded),
            Row.no(
                    "a rollout came no further within its deadline, or was undone for that",
                    Patience.NONE,
                    Changes::failed,
                    Reason.RolloutFailed),
            Row.yes(
                    "no replica is asked for, and pods still end",
                    Course.ENDING,
                    Asked::scaledToZeroWithPods,
                    Reason.ScaledToZero,
                    Reason.Suspended),
            Row.yes("no replica is asked for", Course.DONE, Asked::scaledToZero, Reason.ScaledToZero, Reason.Suspended),

            // a server says, or its end says, that it cannot serve
            Row.no(
                            "a server refuses the plan before it reads a weight",
                            Patience.NONE,
                            Failures::refusal,
                            Failures.refusals())
                    .telling(ConditionType.Fits),
            Row.no(
                            "a server cannot use the checkpoint, or does not know a value of the spec",
                            Patience.NONE,
                            Failures::unusable,
                            Reason.ModelNotFound,
                            Reason.InvalidCheckpoint,
                            Reason.UnsafeFormat,
                            Reason.UnsupportedModel,
                            Reason.UnsupportedConfig,
                            Reason.UnknownValue)
                    .telling(ConditionType.ModelLoaded),
            Row.no(
                            "the kernel killed a server at its memory limit",
                            Patience.CRASH_LOOP,
                            Failures::killedForMemory,
                            Reason.HostOutOfMemory)
                    .telling(ConditionType.ModelLoaded, ConditionType.WithinMemoryBudget)
                    .scaling(),
            Row.no(
                            "a server ended, or says why it cannot serve",
                            Patience.CRASH_LOOP,
                            Failures::ended,
                            Reason.Crashed,
                            Reason.Exited,
                            Reason.ReadFailed,
                            Reason.DeviceOutOfMemory,
                            Reason.EngineFailed,
                            Reason.ServerFailed)
                    .telling(ConditionType.ModelLoaded)
                    .scaling(),

            // a server serves, and not as specified
            Row.no(
                    "a module is not where the policy or the plan wants it",
                    Patience.NONE,
                    Failures::misplaced,
                    Reason.Misplaced),
            Row.no("a measured value is above its budget", Patience.BUDGET, Failures::overBudget, Reason.OverBudget),

            // a pod cannot run its server
            Row.no(
                            "no node can take a pod",
                            Patience.NODE,
                            Pods.held(Obstacle.Kind.SCHEDULING),
                            Reason.Unschedulable,
                            Reason.SchedulingGated)
                    .scaling(),
            Row.no("an image cannot be pulled", Patience.POD, Pods.held(Obstacle.Kind.IMAGE), Reason.ImageUnavailable)
                    .scaling(),
            Row.no(
                            "a volume cannot be attached or mounted",
                            Patience.POD,
                            Pods.held(Obstacle.Kind.VOLUME),
                            Reason.VolumeUnavailable)
                    .scaling(),
            Row.no(
                            "an init container or a native sidecar fails",
                            Patience.POD,
                            Pods.held(Obstacle.Kind.INIT_CONTAINER),
                            Reason.InitContainerFailed)
                    .scaling(),
            Row.no(
                            "the kubelet cannot make the server's container",
                            Patience.POD,
                            Pods.held(Obstacle.Kind.CONTAINER),
                            Reason.ContainerNotCreated)
                    .scaling(),
            Row.no(
                            "the API server admits no more pods",
                            Patience.ADMISSION,
                            Pods::rejected,
                            Reason.QuotaExceeded,
                            Reason.PodsRejected)
                    .scaling(),
            Row.no(
                    "a planning pod left no plan; another one will be made",
                    Patience.POD,
                    Changes::unplanned,
                    Reason.PlanFailed),
            Row.no("rollout.paused keeps pods as they are", Patience.NONE, Changes::paused, Reason.Paused),
            Row.no(
                    "a spec is planned before pods are made from it; what served before serves on",
                    Patience.START,
                    Changes::planning,
                    Reason.Planning),
            Row.no("somebody has paused the Deployment", Patience.NONE, Pods::paused, Reason.Paused),
            Row.no(
                    "a pod failed for good and its replacement has not begun",
                    Patience.REPLACEMENT,
                    Pods::failed,
                    Reason.Evicted,
                    Reason.PodFailed),

            // replicas are on their way
            Row.no("a replica loads", Patience.LOAD_STEP, Ways::loading, Reason.Loading)
                    .stepping()
                    .scaling(),
            Row.no("a replica takes its first steps", Patience.WARM_UP, Ways::warmingUp, Reason.WarmingUp)
                    .scaling(),
            Row.no(
                    "a server says that it serves and fails its readiness probe",
                    Patience.READINESS,
                    Ways::readinessLost,
                    Reason.ReadinessLost),
            Row.no(
                            "pods of an older spec are in the way of new ones",
                            Patience.ROOM,
                            Ways::rollingOut,
                            Reason.RollingOut)
                    .stepping(),
            Row.no("pods are made, and their servers have not begun", Patience.START, Ways::starting, Reason.Starting)
                    .stepping()
                    .scaling(),

            // it cannot be known
            Row.unknown(
                    "a server that runs does not answer for itself",
                    Patience.REPORT,
                    Ways::silent,
                    Reason.ReportUnreachable,
                    Reason.ReportRejected,
                    Reason.ReportStale),
            Row.unknown(
                    "a report holds a value that this operator does not know",
                    Patience.REPORT,
                    Ways::unknownPhase,
                    Reason.UnknownValue),
            Row.unknown(
                    "a replica serves and has not said where its modules are or what they take",
                    Patience.REPORT,
                    Ways::unreported,
                    Reason.NotReported,
                    Reason.UnknownValue),
            Row.no("replicas end by themselves", Patience.START, Ways::unserved, Reason.NoReplica)
                    .stepping(),

            // all that is wanted serves
            Row.yes(
                    "every replica that is wanted serves as specified, and could not be made anew",
                    Course.DONE,
                    Asked::sourceLost,
                    Reason.SourceNotAllowed,
                    Reason.ClaimNotFound),
            Row.yes(
                    "every replica that is wanted serves as specified, and others end",
                    Course.ENDING,
                    Ways::ending,
                    Reason.AsSpecified),
            Row.yes(
                    "every replica that is wanted serves as specified",
                    Course.DONE,
                    Ways::asSpecified,
                    Reason.AsSpecified));

    private Table() {}

    /** The rows that hold, in order; never empty. */
    static List<Hit> hits(Facts facts) {
        return ROWS.stream().flatMap(row -> row.in(facts).stream()).toList();
    }
}
