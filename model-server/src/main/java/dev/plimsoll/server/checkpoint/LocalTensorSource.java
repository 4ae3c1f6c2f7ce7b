package dev.plimsoll.server.checkpoint;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files of a folder, each opened once and read by position. */
final class LocalTensorSource implements TensorSource {
    private final Path folder;
    private final TreeMap<String, Opened> files = new TreeMap<>();

    /**
     * Opens the files named.
     *
     * @param names relative to the folder; each must be a regular file inside it, symbolic links followed
     */
    LocalTensorSource(Path folder, Iterable<String> names) {
        this.folder = folder;
        try {
            for (String name : names) {
                files.put(name, Opened.of(folder, name));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public String location() {
        return folder.toString();
    }

    @Override
    public List<String> files() {
        return List.copyOf(files.keySet());
    }

    @Override
    public long size(String file) {
        return opened(file).size();
    }

    @Override
    public void read(String file, long position, ByteBuffer target) {
        Opened opened = opened(file);
        try {
            long at = position;
            while (target.hasRemaining()) {
                int count = opened.channel().read(target, at);
                if (count < 0) {
                    throw new PlimsollException(
                            Reason.ReadFailed,
                            opened.path() + " ends at byte " + at + ", it had " + opened.size()
                                    + " when it was opened: the checkpoint changed while it was read; start again"
                                    + " once it is complete");
                }
                at += count;
            }
            opened.checkUnchanged();
        } catch (IOException e) {
            throw new PlimsollException(
                    Reason.ReadFailed,
                    "reading " + opened.path() + " failed: " + e.getMessage() + "; check the volume it is on",
                    e);
        }
    }

    private Opened opened(String file) {
        return Objects.requireNonNull(files.get(file), () -> file + " was not opened");
    }

    @Override
    public void close() {
        try {
            for (Opened opened : files.values()) {
                opened.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Opened(
            Path path,
            FileChannel channel,
            long size,
            long modified,
            @Nullable Object key) {
        static Opened of(Path folder, String name) {
            Path path = folder.resolve(name);
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return new Opened(
                        path,
                        FileChannel.open(path, StandardOpenOption.READ),
                        attributes.size(),
                        attributes.lastModifiedTime().toMillis(),
                        attributes.fileKey());
            } catch (IOException e) {
                throw new PlimsollException(
                        Reason.ReadFailed,
                        "cannot open " + path + ": " + e + "; check the permissions of the volume",
                        e);
            }
        }

        void checkUnchanged() throws IOException {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (now.size() != size
                    || now.lastModifiedTime().toMillis() != modified
                    || !Objects.equals(now.fileKey(), key)) {
                throw new PlimsollException(
                        Reason.ReadFailed,
                        path + " changed while it was read: start again once the checkpoint is complete");
            }
        }
    }
}
