package dev.plimsoll.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.lifecycle.LastWords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
    private static final ObjectMapper JSON = new ObjectMapper();

    private TerminationMessage() {}

    static void write(Failure failure) {
        file().ifPresent(file -> {
            try {
                Files.write(file, bounded(failure));
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
        Failure whole = new Failure(
                failure.reason(),
                encodable(failure.message()),
                failure.deficits(),
                failure.wouldFit().stream().map(TerminationMessage::encodable).toList());
        byte[] bytes = JSON.writeValueAsBytes(whole);
        return bytes.length <= MAX_BYTES ? bytes : cut(whole.reason(), whole.message());
    }

    /** The message alone, as much of it as there is room for. */
    private static byte[] cut(Reason reason, String message) throws JsonProcessingException {
        byte[] bytes = JSON.writeValueAsBytes(Failure.of(reason, message));
        int characters = message.codePointCount(0, message.length());
        while (bytes.length > MAX_BYTES && characters > 0) {
            characters = Math.min(characters - 1, (int) ((long) characters * MAX_BYTES / bytes.length));
            String start = message.substring(0, message.offsetByCodePoints(0, characters));
            bytes = JSON.writeValueAsBytes(Failure.of(reason, start + "..."));
        }
        return bytes;
    }

    private static String encodable(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
