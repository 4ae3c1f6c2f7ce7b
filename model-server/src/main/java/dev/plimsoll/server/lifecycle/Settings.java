package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.server.checkpoint.Reads;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a server is asked to do.
 *
 * @param folder where the checkpoint is, on this machine
 * @param source how the user named it
 * @param spec what the resource says, or the flags that say the same
 * @param servedName model name for clients
 * @param devices {@code PLIMSOLL_DEVICES}
 * @param scratch folder for a copy of weights that live on disk; null when there is none
 * @param podUid UID of the pod; null outside one
 */
public record Settings(
        Path folder,
        String source,
        ModelDeploymentSpec spec,
        String servedName,
        @Nullable String devices,
        @Nullable Path scratch,
        @Nullable String podUid) {

    /** How the checkpoint's files are read. */
    Reads reads() {
        return spec.model().directReads() ? Reads.DIRECT : Reads.CACHED;
    }
}
