package dev.plimsoll.server.runtime.execution;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.architecture.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** A checkpoint with random weights: matrices around zero, norms around one, biases that matter. */
final class RandomCheckpoint {
    private RandomCheckpoint() {}

    /** Writes {@code config.json} and one file of float32 tensors. */
    static Path write(Path folder, String config) throws IOException {
        ObjectMapper json = new ObjectMapper();
        Files.writeString(folder.resolve("config.json"), config);
        List<Parameter> stored = ModelFamilies.describe(json.readTree(config))
                .root()
                .allParameters()
                .filter(parameter -> !parameter.buffer() && parameter.tiedTo() == null)
                .toList();
        ObjectNode header = json.createObjectNode();
        long bytes = 0;
        for (Parameter parameter : stored) {
            ObjectNode tensor = header.putObject(parameter.name()).put("dtype", "F32");
            tensor.putPOJO("shape", parameter.shape().dims());
            long end = bytes + parameter.shape().elements() * Float.BYTES;
            tensor.putArray("data_offsets").add(bytes).add(end);
            bytes = end;
        }
        byte[] text = json.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(Long.BYTES + text.length + bytes))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text);
        SplittableRandom random = new SplittableRandom(11);
        for (Parameter parameter : stored) {
            boolean norm = parameter.name().contains("norm");
            float around = norm ? 1 : 0;
            float reach = norm ? 0.2f : parameter.name().endsWith("bias") ? 0.4f : 0.14f;
            for (long i = 0; i < parameter.shape().elements(); i++) {
                file.putFloat(around + reach * (float) (2 * random.nextDouble() - 1));
            }
        }
        Files.write(folder.resolve("model.safetensors"), file.array());
        return folder;
    }
}
