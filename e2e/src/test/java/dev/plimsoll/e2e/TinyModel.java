package dev.plimsoll.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A decoder of a few hundred kilobytes, which serves seconds after it was applied, in a folder of its own. */
final class TinyModel implements AutoCloseable {
    private static final Path CHECKPOINT = Path.of("../model-server/src/test/resources/checkpoints/qwen2");

    private final String folder;

    /** Copies the checkpoint to where the claim of every cluster test finds it. */
    TinyModel(Cluster cluster) throws IOException {
        folder = cluster.namespace() + "-model";
        close();
        Path copy = Files.createDirectories(Cluster.MODELS.resolve(folder));
        try (Stream<Path> files = Files.list(CHECKPOINT)) {
            for (Path file : files.toList()) {
                Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
    }

    /** A spec in YAML that serves it on the host; every other number of tokens is another spec. */
    String spec(int maxSequenceTokens) {
        return """
                model: {uri: "pvc://models/%s"}
                dtype: Float32
                placement: {policy: HostOnly}
                memory: {host: 768Mi}
                serving: {maxSequences: 1, maxSequenceTokens: %d}
                """.formatted(folder, maxSequenceTokens);
    }

    String spec() {
        return spec(64);
    }

    @Override
    public void close() throws IOException {
        Path copy = Cluster.MODELS.resolve(folder);
        if (Files.exists(copy)) {
            try (Stream<Path> files = Files.walk(copy)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
