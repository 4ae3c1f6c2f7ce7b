package dev.plimsoll.server.checkpoint;

import java.nio.ByteBuffer;
import java.util.List;

/** Reads byte ranges of a checkpoint's files, never a whole file into memory. Safe for use by several threads. */
public interface TensorSource extends AutoCloseable {
    /** Reads that begin at multiples of this are the cheapest; a multiple of what any storage transfers at once. */
    int BLOCK_BYTES = 4096;

    /** Path or URI, for messages and reports. */
    String location();

    /** File names relative to the checkpoint, sorted. */
    List<String> files();

    /** Bytes of a file. */
    long size(String file);

    /**
     * Fills {@code target} from its position to its limit with the bytes of {@code file} that begin at {@code position}.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ReadFailed} when reading fails, when the file ends before, or
     *     when it is no longer the file that was opened
     */
    void read(String file, long position, ByteBuffer target);

    /**
     * Looks at every file once more, so that what was read until now is of one checkpoint.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ReadFailed} when one is no longer the file that was opened
     */
    void checkUnchanged();

    @Override
    void close();
}
