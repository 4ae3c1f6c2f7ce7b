package dev.plimsoll.server.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How far symbolic links in a checkpoint's folder may lead. The text of small files reaches clients (a template stands in
 * front of every prompt), so theirs lead nowhere but to the root: the folder that {@value #VARIABLE} names, else the
 * model's folder in a Hugging Face cache, whose snapshots are links into its {@code blobs}, else the checkpoint's folder
 * itself. A shard may be linked from anywhere: only what is a safetensors file is read on, and only tensors come out.
 *
 * @param path without links
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">the cache's layout</a>
 */
record CheckpointRoot(Path path) {
    static final String VARIABLE = "PLIMSOLL_MODEL_ROOT";

    /**
     * The root of a folder.
     *
     * @param declared by the user; null when nothing is
     */
    static CheckpointRoot of(Path folder, @Nullable String declared) throws IOException {
        Path real = folder.toRealPath();
        if (declared != null && !declared.isBlank()) {
            return new CheckpointRoot(Path.of(declared).toRealPath());
        }
        Path model = cached(real);
        return new CheckpointRoot(model == null ? real : model);
    }

    /** The model's folder in a cache, of a snapshot in it; null for any other folder. */
    private static @Nullable Path cached(Path real) {
        Path snapshots = real.getParent();
        Path model = snapshots == null ? null : snapshots.getParent();
        return snapshots != null
                        && model != null
                        && snapshots.endsWith("snapshots")
                        && String.valueOf(model.getFileName()).startsWith("models--")
                ? model
                : null;
    }

    /** Whether a path without links lies inside. */
    boolean holds(Path real) {
        return real.startsWith(path);
    }
}
