package dev.plimsoll.server.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A safetensors file for tests. */
record Shard(String json, int dataBytes) {
    /** One float32 tensor. */
    static Shard of(String tensor, long... dims) {
        long bytes = Shape.of(dims).elements() * Float.BYTES;
        return new Shard(
                "{\"" + tensor + "\": {\"dtype\": \"F32\", \"shape\": " + Arrays.toString(dims)
                        + ", \"data_offsets\": [0, " + bytes + "]}}",
                Math.toIntExact(bytes));
    }

    byte[] bytes() {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    void writeInto(Path file) throws IOException {
        Files.write(file, bytes());
    }
}
