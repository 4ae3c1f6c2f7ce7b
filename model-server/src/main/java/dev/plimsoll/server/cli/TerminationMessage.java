package dev.plimsoll.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Leaves a failure as JSON where Kubernetes picks it up when the container has ended.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/">termination messages</a>
 */
final class TerminationMessage {
    private static final Logger LOG = Logger.getLogger(TerminationMessage.class);
    private static final int MAX_BYTES = 4096;

    private TerminationMessage() {}

    static void write(Failure failure) {
        String setting = System.getenv("PLIMSOLL_TERMINATION_LOG");
        Path file = Path.of(setting == null ? "/dev/termination-log" : setting);
        if (setting == null && !Files.exists(file)) {
            return;
        }
        try {
            Files.write(file, bounded(failure));
        } catch (IOException e) {
            LOG.warnf("the termination message could not be written to %s: %s", file, e);
        }
    }

    /** The failure as JSON; shortened, still JSON, when it is longer than Kubernetes keeps. */
    static byte[] bounded(Failure failure) throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        byte[] whole = json.writeValueAsBytes(failure);
        if (whole.length <= MAX_BYTES) {
            return whole;
        }
        String message = failure.message();
        int keep = Math.min(message.length(), MAX_BYTES / 8);
        Failure shorter = new Failure(failure.reason(), message.substring(0, keep) + "...", List.of(), List.of());
        return json.writeValueAsString(shorter).getBytes(StandardCharsets.UTF_8);
    }
}
