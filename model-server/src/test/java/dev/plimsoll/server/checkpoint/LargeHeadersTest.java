package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a header takes of memory is its tensors, whatever else is in it; and those have a bound. */
class LargeHeadersTest {
    private static final long MIB = 1 << 20;
    private static final String TENSOR = "\"w\": {\"dtype\": \"U8\", \"shape\": [1], \"data_offsets\": [0, 1]}";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"spaces", "metadata"})
    void aHeaderOf90MbIsReadInAHeapOf32(String filling) throws Exception {
        Path file = folder.resolve("large.safetensors");
        write(
                file,
                filling.equals("spaces") ? "{" + TENSOR : "{\"__metadata__\": {\"a\": \"",
                filling.equals("spaces") ? "}" : "\"}, " + TENSOR + "}");
        assertThat(exitOfReading(file, 32)).isZero();
    }

    @Test
    void moreTensorsThanThereIsMemoryForAreRefused() throws IOException {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 400_000; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("\"t")
                    .append(i)
                    .append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        Path file = folder.resolve("many.safetensors");
        new Shard(json.append('}').toString(), 0).writeInto(file);
        assertThatThrownBy(() -> CheckpointReader.openFile(file))
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        refused -> assertThat(refused.failure().reason()).isEqualTo(Reason.InvalidCheckpoint))
                .hasMessageContaining("it names more tensors than this server has memory for");
    }

    @Test
    void asManyTensorsAsTheLargestModelsHaveAreTaken() throws IOException {
        String json = IntStream.range(0, 150_000)
                .mapToObj(i -> "\"model.layers." + i / 2500 + ".mlp.experts." + i + ".down_proj.weight_scale_inv\":"
                        + "{\"dtype\":\"U8\",\"shape\":[0,7],\"data_offsets\":[0,0]}")
                .collect(Collectors.joining(",", "{", "}"));
        Path file = folder.resolve("largest.safetensors");
        new Shard(json, 0).writeInto(file);
        assertThat(CheckpointReader.openFile(file)).hasSize(150_000);
    }

    /** Reads the header in a process of its own; for {@link #exitOfReading}. */
    static final class Reading {
        private Reading() {}

        public static void main(String... arguments) {
            System.exit(CheckpointReader.openFile(Path.of(arguments[0])).size() == 1 ? 0 : 9);
        }
    }

    private static int exitOfReading(Path file, int heapMib) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx" + heapMib + "m",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Reading.class.getName(),
                        file.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** A file whose header is filled up with 90 MiB of spaces between two texts. */
    private static void write(Path file, String before, String after) throws IOException {
        byte[] first = before.getBytes(StandardCharsets.UTF_8);
        byte[] last = after.getBytes(StandardCharsets.UTF_8);
        byte[] spaces = " ".repeat((int) MIB).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(first.length + 90 * MIB + last.length)
                    .array());
            out.write(first);
            for (int i = 0; i < 90; i++) {
                out.write(spaces);
            }
            out.write(last);
            out.write(0);
        }
    }
}
