package dev.plimsoll.server.checkpoint;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file that is read by position, and what it was when it was opened.
 *
 * @param direct the same file past the page cache; null where that is not asked for or not allowed
 */
record OpenedFile(Path path, FileChannel channel, @Nullable FileChannel direct, Identity identity) {
    /**
     * What tells one content of a path from another.
     *
     * @param key device and inode
     */
    private record Identity(
            long size, FileTime modified, @Nullable Object key) {
        static Identity of(Path path) throws IOException {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return new Identity(now.size(), now.lastModifiedTime(), now.fileKey());
        }
    }

    /** @param onRefusal told why a file is not read past the page cache though that was asked for */
    static OpenedFile open(Path path, Reads reads, Consumer<String> onRefusal) {
        try {
            Identity identity = Identity.of(path);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new OpenedFile(path, channel, reads == Reads.DIRECT ? direct(path, onRefusal) : null, identity);
        } catch (IOException e) {
            throw new PlimsollException(
                    Reason.ReadFailed, "cannot open " + path + ": " + e + "; check the permissions of the volume", e);
        }
    }

    private static @Nullable FileChannel direct(Path path, Consumer<String> onRefusal) {
        try {
            long block = Files.getFileStore(path).getBlockSize();
            if (TensorSource.BLOCK_BYTES % block != 0) {
                onRefusal.accept("its blocks have " + block + " bytes");
                return null;
            }
            return FileChannel.open(path, StandardOpenOption.READ, DirectOption.get());
        } catch (IOException | UnsupportedOperationException e) {
            onRefusal.accept(e.toString());
            return null;
        }
    }

    long size() {
        return identity.size;
    }

    /** Fills a buffer with the bytes from {@code position} on. */
    void read(long position, ByteBuffer target) {
        try {
            long at = position;
            while (target.hasRemaining()) {
                int count = readSome(at, target);
                if (count < 0) {
                    throw changed(" ends at byte " + at + ", it had " + size() + " when it was opened: the checkpoint");
                }
                at += count;
            }
        } catch (IOException e) {
            throw failed(e);
        }
        checkUnchanged();
    }

    /** Whole blocks past the page cache where they can be; what is left of one through it. */
    private int readSome(long at, ByteBuffer target) throws IOException {
        int block = TensorSource.BLOCK_BYTES;
        int whole = target.remaining() / block * block;
        if (direct == null
                || whole == 0
                || at % block != 0
                || !target.isDirect()
                || target.alignmentOffset(target.position(), block) != 0) {
            return channel.read(target, at);
        }
        int limit = target.limit();
        try {
            return direct.read(target.limit(target.position() + whole), at);
        } finally {
            target.limit(limit);
        }
    }

    /** @throws PlimsollException {@code ReadFailed} when the path no longer names what was opened */
    void checkUnchanged() {
        try {
            if (!Objects.equals(Identity.of(path), identity)) {
                throw changed("");
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private PlimsollException changed(String how) {
        return new PlimsollException(
                Reason.ReadFailed,
                path + how + " changed while it was read; start again once the checkpoint is complete");
    }

    private PlimsollException failed(IOException e) {
        return new PlimsollException(
                Reason.ReadFailed, "reading " + path + " failed: " + e + "; check the volume it is on", e);
    }

    void close() throws IOException {
        channel.close();
        if (direct != null) {
            direct.close();
        }
    }
}
