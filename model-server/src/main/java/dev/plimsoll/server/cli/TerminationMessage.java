package dev.plimsoll.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.lifecycle.LastWords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Leaves a failure, or a plan, as JSON where Kubernetes picks it up when the container has ended.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/">termination messages</a>
 */
final class TerminationMessage {
    private static final Logger LOG = Logger.getLogger(TerminationMessage.class);
    private static final int MAX_BYTES = PlanningReport.MOST_BYTES;
    private static final ObjectMapper JSON = new ObjectMapper();

    private TerminationMessage() {}

    /** What is left. */
    private interface Text {
        byte[] bytes() throws IOException;
    }

    static void write(Failure failure) {
        write(() -> bounded(failure));
    }

    static void write(PlanningReport report) {
        write(() -> bounded(report));
    }

    private static void write(Text text) {
        file().ifPresent(file -> {
            try {
                Files.write(file, text.bytes());
            } catch (IOException e) {
                LOG.warnf("the termination message could not be written to %s: %s", file, e);
            }
        });
    }

    /** Stands for a while, should the process end meanwhile without a word. */
    static LastWords.Said untilTakenBack(Failure failure) {
        write(failure);
        return () -> file().ifPresent(TerminationMessage::empty);
    }

    private static void empty(Path file) {
        try {
            Files.write(file, new byte[0]);
        } catch (IOException e) {
            LOG.warnf("the termination message could not be taken back from %s: %s", file, e);
        }
    }

    /** Where it is left; nowhere outside a pod. */
    private static Optional<Path> file() {
        String setting = System.getenv("PLIMSOLL_TERMINATION_LOG");
        Path file = Path.of(setting == null ? "/dev/termination-log" : setting);
        return setting == null && !Files.exists(file) ? Optional.empty() : Optional.of(file);
    }

    /**
     * The failure as JSON; shortened, still JSON, when it is longer than Kubernetes keeps. Whatever text it holds, it can be
     * written: halves of surrogate pairs, which UTF-8 has no bytes for, are replaced.
     */
    static byte[] bounded(Failure failure) throws JsonProcessingException {
        Failure whole = encodable(failure);
        byte[] bytes = JSON.writeValueAsBytes(whole);
        return bytes.length <= MAX_BYTES ? bytes : cut(whole.reason(), whole.message(), cut -> cut);
    }

    /** The report as JSON; what is least needed is left out, field by field, until Kubernetes keeps the rest whole. */
    static byte[] bounded(PlanningReport report) throws JsonProcessingException {
        Failure failure = report.failure();
        PlanReport plan = report.plan();
        for (PlanningReport shorter : List.of(
                report,
                new PlanningReport(report.model(), plan, failure == null ? null : withoutSuggestions(failure)),
                new PlanningReport(null, plan, failure == null ? null : withoutSuggestions(failure)),
                new PlanningReport(null, plan == null ? null : withoutDevices(plan), failure))) {
            byte[] bytes = JSON.writeValueAsBytes(encodable(shorter));
            if (bytes.length <= MAX_BYTES) {
                return bytes;
            }
        }
        Failure whole = Objects.requireNonNull(failure, "a plan without devices is short");
        return cut(whole.reason(), encodable(whole.message()), rest -> PlanningReport.refused(null, rest));
    }

    private static PlanningReport encodable(PlanningReport report) {
        return report.failure() == null
                ? report
                : new PlanningReport(report.model(), report.plan(), encodable(report.failure()));
    }

    private static Failure encodable(Failure failure) {
        return new Failure(
                failure.reason(),
                encodable(failure.message()),
                failure.deficits(),
                failure.wouldFit().stream().map(TerminationMessage::encodable).toList());
    }

    private static Failure withoutSuggestions(Failure failure) {
        return Failure.of(failure.reason(), failure.message());
    }

    private static PlanReport withoutDevices(PlanReport plan) {
        return new PlanReport(
                List.of(), plan.host(), plan.maxSequences(), plan.maxSequenceTokens(), plan.cacheTokens());
    }

    /** The message alone, as much of it as there is room for. */
    private static byte[] cut(Reason reason, String message, Function<Failure, Object> form)
            throws JsonProcessingException {
        byte[] bytes = JSON.writeValueAsBytes(form.apply(Failure.of(reason, message)));
        int characters = message.codePointCount(0, message.length());
        while (bytes.length > MAX_BYTES && characters > 0) {
            characters = Math.min(characters - 1, (int) ((long) characters * MAX_BYTES / bytes.length));
            String start = message.substring(0, message.offsetByCodePoints(0, characters));
            bytes = JSON.writeValueAsBytes(form.apply(Failure.of(reason, start + "...")));
        }
        return bytes;
    }

    private static String encodable(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
