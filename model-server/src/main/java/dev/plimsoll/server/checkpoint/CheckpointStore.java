package dev.plimsoll.server.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a checkpoint, wherever they lie: listed, small ones read whole within a bound, large ones by ranges. None
 * of them is to be trusted.
 */
public interface CheckpointStore {
    /**
     * A folder of this machine.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ModelNotFound} when it is none
     */
    static CheckpointStore local(Path folder) {
        return CheckpointFolder.open(folder);
    }

    /** Path or URI, for messages and reports. */
    String location();

    /** File names, sorted. */
    List<String> list();

    /** Whether there is a file of this name. */
    boolean has(String file);

    /**
     * All bytes of a small file: a config, a tokenizer, a template.
     *
     * @param maxBytes that the file may have: what the heap has room for, not what a format allows
     * @return null when there is no such file
     * @throws dev.plimsoll.server.PlimsollException {@code InvalidCheckpoint} when it is larger, or leads out of the
     *     checkpoint; {@code ReadFailed}
     */
    byte @Nullable [] small(String file, int maxBytes);

    /**
     * Opens files for reading by ranges. From then on each is known by its identity: one that is replaced or changed is
     * not read on.
     *
     * @param files names, each of a file that there is
     * @throws dev.plimsoll.server.PlimsollException {@code ReadFailed}, {@code InvalidCheckpoint}
     */
    TensorSource open(Collection<String> files, Reads reads);
}
