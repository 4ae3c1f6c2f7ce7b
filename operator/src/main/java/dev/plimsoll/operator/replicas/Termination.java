package dev.plimsoll.operator.replicas;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a run of a container ended.
 *
 * @param reason the kubelet's word, such as {@code OOMKilled} or {@code Error}; empty where it gives none
 * @param message what the process left; empty where it left nothing
 */
public record Termination(int exitCode, int signal, String reason, String message) {
    /** 128 + SIGKILL. */
    private static final int KILLED = 137;

    static Termination of(ContainerStateTerminated ended) {
        return new Termination(
                Objects.requireNonNullElse(ended.getExitCode(), 0),
                Objects.requireNonNullElse(ended.getSignal(), 0),
                text(ended.getReason()),
                text(ended.getMessage()));
    }

    /**
     * Once the kernel has killed any process of a container, containerd says {@code OOMKilled} of it however it ends:
     * only with the exit code of a kill is that how the server ended.
     */
    public boolean isKilledForMemory() {
        return reason.equals("OOMKilled") && exitCode == KILLED;
    }

    private static String text(@Nullable String given) {
        return Objects.requireNonNullElse(given, "");
    }
}
