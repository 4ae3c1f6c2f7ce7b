package dev.plimsoll.server.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A checkpoint's files, and one more from another folder. */
public final class JoinedSource implements TensorSource {
    private final TensorSource checkpoint;
    private final String file;
    private final LocalTensorSource other;

    /**
     * Opens the other file.
     *
     * @param file name in {@code folder}, and none of the checkpoint's
     */
    public JoinedSource(TensorSource checkpoint, Path folder, String file) {
        this.checkpoint = checkpoint;
        this.file = file;
        this.other = new LocalTensorSource(folder, List.of(file), Reads.CACHED);
    }

    @Override
    public String location() {
        return checkpoint.location();
    }

    @Override
    public List<String> files() {
        List<String> files = new ArrayList<>(checkpoint.files());
        files.add(file);
        return files;
    }

    @Override
    public long size(String name) {
        return source(name).size(name);
    }

    @Override
    public void read(String name, long position, ByteBuffer target) {
        source(name).read(name, position, target);
    }

    @Override
    public void checkUnchanged() {
        checkpoint.checkUnchanged();
        other.checkUnchanged();
    }

    private TensorSource source(String name) {
        return name.equals(file) ? other : checkpoint;
    }

    @Override
    public void close() {
        other.close();
        checkpoint.close();
    }
}
