package dev.plimsoll.server.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/** Files of a folder, each opened once and read by position. */
final class LocalTensorSource implements TensorSource {
    private static final Logger LOG = Logger.getLogger(LocalTensorSource.class);

    private final Path folder;
    private final TreeMap<String, OpenedFile> files = new TreeMap<>();

    /**
     * Opens the files named.
     *
     * @param names relative to the folder; each must be a regular file inside it, symbolic links followed
     */
    LocalTensorSource(Path folder, Iterable<String> names, Reads reads) {
        this.folder = folder;
        Set<String> refusals = new TreeSet<>();
        try {
            for (String name : names) {
                files.put(name, OpenedFile.open(folder.resolve(name), reads, refusals::add));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        if (!refusals.isEmpty()) {
            LOG.warnf(
                    "direct reads were asked for, and the file system of %s does not allow them (%s): reading through"
                            + " the page cache",
                    folder, String.join("; ", refusals));
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
        opened(file).read(position, target);
    }

    @Override
    public void checkUnchanged() {
        files.values().forEach(OpenedFile::checkUnchanged);
    }

    private OpenedFile opened(String file) {
        return Objects.requireNonNull(files.get(file), () -> file + " was not opened");
    }

    @Override
    public void close() {
        try {
            for (OpenedFile file : files.values()) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
