package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.ModelFamilies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Mutated headers, indexes, configs and lists of modules are read, or refused with a reason; nothing else happens. */
class CheckpointFuzzTest {
    private static final int RUNS = Integer.getInteger("plimsoll.fuzz.runs", 4000);
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");
    private static final String INDEX = "model.safetensors.index.json";

    @Test
    void headers() throws IOException {
        Map<String, byte[]> shards = new TreeMap<>();
        for (String name : new String[] {"llama-sharded/model-00002-of-00007.safetensors", "gpt2/model.safetensors"}) {
            byte[] whole = Files.readAllBytes(CHECKPOINTS.resolve(name));
            int header = 8
                    + Math.toIntExact(ByteBuffer.wrap(whole)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong(0));
            shards.put(name, Arrays.copyOf(whole, Math.min(whole.length, header + 64)));
        }
        shards.put("tiny", Shard.of("a", 2, 2).bytes());
        fuzz(List.copyOf(shards.values()), bytes -> {
            MemoryStore store = new MemoryStore(Map.of("model.safetensors", bytes));
            try (TensorSource source = store.open(List.of("model.safetensors"), Reads.CACHED)) {
                List<StoredTensor> tensors = SafetensorsHeader.read(
                        source,
                        "model.safetensors",
                        new HeapBudget(HeapBudget.HEADER_BYTES),
                        CheckpointReader.sha256());
                long end = bytes.length;
                assertThat(tensors)
                        .allMatch(tensor -> tensor.position() >= 8
                                && tensor.bytes() >= 0
                                && tensor.position() + tensor.bytes() <= end);
            }
        });
    }

    @Test
    void indexes() throws IOException {
        fuzz(List.of(Files.readAllBytes(CHECKPOINTS.resolve("llama-sharded").resolve(INDEX))), bytes -> {
            ShardIndex index = ShardIndex.read(new MemoryStore(Map.of(INDEX, bytes)), new HeapBudget(1 << 20));
            assertThat(index.shards()).isNotEmpty().allMatch(shard -> shard.endsWith(".safetensors"));
        });
    }

    @Test
    void configs() throws IOException {
        List<byte[]> configs = new ArrayList<>();
        try (Stream<Path> folders = Files.list(CHECKPOINTS)) {
            for (Path folder : folders.sorted().toList()) {
                configs.add(Files.readAllBytes(folder.resolve("config.json")));
            }
        }
        fuzz(configs, bytes -> {
            var config = StrictJson.object("config.json", bytes);
            GenerationDefaults.of(config, config);
            ModelFamilies.describe(config);
        });
    }

    @Test
    void modules() {
        String list = """
                [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
                {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]""";
        byte[] settings = "{\"pooling_mode_cls_token\": true}".getBytes(StandardCharsets.UTF_8);
        fuzz(
                List.of(list.getBytes(StandardCharsets.UTF_8)),
                bytes -> SentenceModule.read(
                        new MemoryStore(Map.of(SentenceModule.LIST, bytes, "1_Pooling/config.json", settings))));
    }

    private interface Reading {
        void read(byte[] bytes);
    }

    private static void fuzz(List<byte[]> seeds, Reading reading) {
        int refused = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            byte[] bytes = new Mutations(seed).of(seeds.get(seed % seeds.size()));
            try {
                reading.read(bytes);
            } catch (PlimsollException e) {
                assertThat(e.failure().message()).as("seed %d", seed).isNotBlank();
                refused++;
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + " gives no typed error", e);
            }
        }
        assertThat(refused).as("refused of " + RUNS).isBetween(1, RUNS);
    }
}
