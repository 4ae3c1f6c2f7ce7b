package dev.plimsoll.operator.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.replicas.Termination;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the end of a planning pod says. Anybody may have written it: it is bounded, whole and plausible, or no plan. */
public final class PlanningAnswer {
    /** See ExitCode of the model server: its command line is of a version that does not plan in a pod. */
    private static final int USAGE = 2;

    private static final int MOST_DEVICES = 32;
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_MESSAGE = 2048;
    private static final long MOST_BYTES = 1L << 50;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private PlanningAnswer() {}

    /**
     * @param gpus what the pod was told of
     * @param again when another pod is worth a try, where this one said nothing
     */
    public static Attempt of(String pod, Termination end, String gpus, Instant again) {
        Optional<PlanningReport> report = read(end.message());
        if (report.isPresent()) {
            return new Attempt.Told(report.get(), gpus);
        }
        if (end.exitCode() == USAGE) {
            return new Attempt.Unable();
        }
        return new Attempt.Broken(
                "planning pod " + pod
                        + (end.isKilledForMemory()
                                ? " was killed at its memory limit"
                                : " ended with exit code " + end.exitCode() + " and left no plan")
                        + ": see kubectl logs " + pod,
                again);
    }

    static Optional<PlanningReport> read(String message) {
        if (!message.startsWith("{") || message.length() > PlanningReport.MOST_BYTES) {
            return Optional.empty();
        }
        try {
            PlanningReport report = JSON.readValue(message, PlanningReport.class);
            boolean one = (report.plan() == null) != (report.failure() == null);
            return one && isPlausible(report.plan()) && isPlausible(report.model())
                    ? cleaned(report)
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("NullAway") // JSON may lack what records call never null
    private static Optional<PlanningReport> cleaned(PlanningReport report) {
        Failure failure = report.failure();
        if (failure == null) {
            return Optional.of(report);
        }
        if (failure.reason() == null
                || failure.message() == null
                || failure.message().isBlank()) {
            return Optional.empty();
        }
        String words = failure.message().replaceAll("\\p{Cntrl}+", " ");
        return Optional.of(PlanningReport.refused(
                report.model(),
                Failure.of(
                        failure.reason().isWellFormed() ? failure.reason() : Reason.ServerFailed,
                        words.length() <= LONGEST_MESSAGE ? words : words.substring(0, LONGEST_MESSAGE))));
    }

    @SuppressWarnings("NullAway")
    private static boolean isPlausible(@Nullable PlanReport plan) {
        if (plan == null) {
            return true;
        }
        List<DevicePlanReport> devices = plan.devices();
        return devices != null
                && devices.size() <= MOST_DEVICES
                && isAmount(plan.host())
                && plan.maxSequences() > 0
                && plan.maxSequenceTokens() > 0
                && devices.stream()
                        .allMatch(device -> device.name() != null
                                && device.name().length() <= LONGEST_NAME
                                && isAmount(device.weights())
                                && isAmount(device.kvCache())
                                && isAmount(device.workspace())
                                && isAmount(device.context())
                                && isAmount(device.total())
                                && device.budget() >= 0);
    }

    @SuppressWarnings("NullAway")
    private static boolean isPlausible(@Nullable ModelReport model) {
        return model == null
                || (isName(model.architecture())
                        && isName(model.servedName())
                        && model.checkpointDtype() != null
                        && model.dtype() != null
                        && (model.revision() == null || isName(model.revision()))
                        && model.parameters() >= 0
                        && model.layers() >= 0
                        && isAmount(model.checkpointBytes()));
    }

    private static boolean isName(@Nullable String name) {
        return name != null && name.length() <= LONGEST_NAME;
    }

    private static boolean isAmount(long bytes) {
        return bytes >= 0 && bytes <= MOST_BYTES;
    }
}
