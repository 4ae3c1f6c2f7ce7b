package dev.plimsoll.server.checkpoint;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A checkpoint in memory. */
record MemoryStore(Map<String, byte[]> files) implements CheckpointStore {
    @Override
    public String location() {
        return "memory";
    }

    @Override
    public List<String> list() {
        return files.keySet().stream().sorted().toList();
    }

    @Override
    public boolean has(String file) {
        return files.containsKey(file);
    }

    @Override
    public byte @Nullable [] small(String file, int maxBytes) {
        byte[] bytes = files.get(file);
        if (bytes != null && bytes.length > maxBytes) {
            throw InvalidCheckpoint.in(file, "larger than " + maxBytes);
        }
        return bytes;
    }

    @Override
    public TensorSource open(Collection<String> names, Reads reads) {
        return new TensorSource() {
            @Override
            public String location() {
                return "memory";
            }

            @Override
            public List<String> files() {
                return List.copyOf(names);
            }

            @Override
            public long size(String file) {
                return bytes(file).length;
            }

            @Override
            public void read(String file, long position, ByteBuffer target) {
                target.put(bytes(file), Math.toIntExact(position), target.remaining());
            }

            @Override
            public void checkUnchanged() {}

            @Override
            public void close() {}
        };
    }

    private byte[] bytes(String file) {
        return Objects.requireNonNull(files.get(file), file);
    }
}
