package dev.plimsoll.operator.judgement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.replicas.Replica;
import dev.plimsoll.operator.replicas.Termination;
import java.util.Optional;

/** How a server ended: in its own words where it left an account, else in Kubernetes'. */
final class Account {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 2048;

    private Account() {}

    static Failure of(Replica replica, Termination end) {
        Failure failure = end.isKilledForMemory()
                ? killed(replica)
                : own(end.message()).orElseGet(() -> end.exitCode() == 0 ? exited(replica) : crashed(replica, end));
        return replica.restarts() < Patience.LOOP
                ? failure
                : Failure.of(failure.reason(), failure.message() + " (restarted " + replica.restarts() + " times)");
    }

    /** What a server says of itself, with a reason that a condition can carry. */
    static Failure cleaned(Failure failure) {
        Reason reason = failure.reason();
        return Failure.of(reason.isWellFormed() ? reason : Reason.ServerFailed, Text.line(failure.message(), LONGEST));
    }

    private static Failure killed(Replica replica) {
        return Failure.of(
                Reason.HostOutOfMemory,
                "the kernel killed the server of pod " + replica.name() + " at the container's memory limit of "
                        + (replica.memoryLimit() == null ? "(none)" : replica.memoryLimit())
                        + " (OOMKilled, exit code 137): raise memory.host, or lower serving.maxSequences or"
                        + " serving.maxSequenceTokens");
    }

    @SuppressWarnings("NullAway") // JSON may lack what the record calls never null
    private static Optional<Failure> own(String terminationMessage) {
        if (!terminationMessage.startsWith("{")) {
            return Optional.empty();
        }
        try {
            Failure failure = JSON.readValue(terminationMessage, Failure.class);
            return failure.reason() == null || failure.message() == null
                    ? Optional.empty()
                    : Optional.of(cleaned(failure));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Failure exited(Replica replica) {
        return Failure.of(
                Reason.Exited,
                "the server of pod " + replica.name() + " ended by itself with exit code 0, though it should serve:"
                        + " see kubectl logs --previous");
    }

    private static Failure crashed(Replica replica, Termination end) {
        return Failure.of(
                Reason.Crashed,
                "the server of pod " + replica.name() + " ended with exit code " + end.exitCode()
                        + (end.signal() == 0 ? "" : " (signal " + end.signal() + ")")
                        + " and left no account: see kubectl logs --previous");
    }
}
