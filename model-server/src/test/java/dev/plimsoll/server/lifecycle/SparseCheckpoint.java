package dev.plimsoll.server.lifecycle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A Llama checkpoint in float32 of any size that takes no room on disk: its weights are holes, which read as zeros.
 *
 * @param layers of 27 MiB each, where there are twelve heads
 */
record SparseCheckpoint(int layers, int heads, int vocabulary) {
    private static final int HEAD = 64;
    private static final int HEADS = 12;
    private static final int HIDDEN = HEADS * HEAD;
    private static final int INTERMEDIATE = 2048;
    private static final int VOCABULARY = 512;
    private static final long LAYER_BYTES =
            Float.BYTES * (4L * HIDDEN * HIDDEN + 3L * HIDDEN * INTERMEDIATE + 2L * HIDDEN);

    /** The largest that is not larger. */
    static SparseCheckpoint ofAtMost(long bytes) {
        return new SparseCheckpoint(Math.toIntExact(bytes / LAYER_BYTES), HEADS, VOCABULARY);
    }

    long bytes() {
        return layers * LAYER_BYTES;
    }

    Path writeInto(Path folder) throws IOException {
        int hidden = heads * HEAD;
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("config.json"),
                String.format(Locale.ROOT, """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
                 "num_key_value_heads": %d, "head_dim": 64, "vocab_size": %d, "max_position_embeddings": 64,
                 "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": true,
                 "torch_dtype": "float32", "bos_token_id": 1, "eos_token_id": 2}""", hidden, INTERMEDIATE, layers, heads, heads, vocabulary));
        Tensors tensors = new Tensors();
        tensors.add("model.embed_tokens.weight", vocabulary, hidden);
        for (int i = 0; i < layers; i++) {
            String layer = "model.layers." + i + ".";
            tensors.add(layer + "input_layernorm.weight", hidden);
            for (String projection : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
                tensors.add(layer + "self_attn." + projection + ".weight", hidden, hidden);
            }
            tensors.add(layer + "post_attention_layernorm.weight", hidden);
            tensors.add(layer + "mlp.gate_proj.weight", INTERMEDIATE, hidden);
            tensors.add(layer + "mlp.up_proj.weight", INTERMEDIATE, hidden);
            tensors.add(layer + "mlp.down_proj.weight", hidden, INTERMEDIATE);
        }
        tensors.add("model.norm.weight", hidden);
        tensors.write(folder.resolve("model.safetensors"));
        return folder;
    }

    private static final class Tensors {
        private final List<String> entries = new ArrayList<>();
        private long end;

        void add(String name, long... shape) {
            long start = end;
            long elements = 1;
            List<String> sizes = new ArrayList<>();
            for (long size : shape) {
                elements *= size;
                sizes.add(Long.toString(size));
            }
            end += elements * Float.BYTES;
            entries.add(String.format(
                    Locale.ROOT,
                    "\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}",
                    name,
                    String.join(",", sizes),
                    start,
                    end));
        }

        void write(Path path) throws IOException {
            String header = "{" + String.join(",", entries) + "}";
            byte[] json = (header + " ".repeat(-header.length() & 7)).getBytes(StandardCharsets.UTF_8);
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
                file.write(start.putLong(json.length).put(json).flip());
                file.write(ByteBuffer.allocate(1), 8 + json.length + end - 1);
            }
        }
    }
}
