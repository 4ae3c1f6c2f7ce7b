package dev.plimsoll.server.loading;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.loading.ByteDevice.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A checkpoint that changes in any way before the last byte is read is never loaded. */
class ChangedCheckpointTest {
    private static final String FIRST = "model-00001-of-00007.safetensors";
    private static final String LAST = "model-00007-of-00007.safetensors";

    @TempDir
    Path folder;

    /** What may happen to a file. */
    enum Change {
        TRUNCATED {
            @Override
            void make(Path file, byte[] whole) throws IOException {
                Files.write(file, Arrays.copyOf(whole, whole.length - 1));
            }
        },
        GROWN {
            @Override
            void make(Path file, byte[] whole) throws IOException {
                Files.write(file, Arrays.copyOf(whole, whole.length + 1));
            }
        },
        REWRITTEN_IN_PLACE {
            @Override
            void make(Path file, byte[] whole) throws IOException {
                Files.write(file, whole);
            }
        },
        REPLACED_BY_ITS_EQUAL {
            @Override
            void make(Path file, byte[] whole) throws IOException {
                Path copy = Files.copy(file, file.resolveSibling("copy"), StandardCopyOption.COPY_ATTRIBUTES);
                Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
            }
        },
        DELETED {
            @Override
            void make(Path file, byte[] whole) throws IOException {
                Files.delete(file);
            }
        };

        abstract void make(Path file, byte[] whole) throws IOException;
    }

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/checkpoints/llama-sharded"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsStillToBeRead(Change change) {
        fails(change, LAST);
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatHasBeenRead(Change change) {
        fails(change, FIRST);
    }

    /** The change is made when the first file's bytes are in and the last one's are not. */
    private void fails(Change change, String file) {
        AtomicBoolean made = new AtomicBoolean();
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            Map<DeviceId, Device> devices =
                    Map.of(DeviceId.HOST, new ByteDevice(DeviceId.HOST, new AtomicLong(), new AtomicLong()));
            Loader loader = new Loader(checkpoint.source(), devices, new Staging(1, 2, 256 << 10), progress -> {
                if (!made.getAndSet(true)) {
                    make(change, folder.resolve(file));
                }
            });
            assertThatThrownBy(() -> loader.load(targets(checkpoint)))
                    .isInstanceOf(PlimsollException.class)
                    .hasMessageContaining(file)
                    .extracting(failed -> ((PlimsollException) failed).failure().reason())
                    .isEqualTo(Reason.ReadFailed);
        }
    }

    private static void make(Change change, Path file) {
        try {
            change.make(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Target> targets(Checkpoint checkpoint) {
        return checkpoint.tensors().values().stream()
                .map(tensor -> new Target(
                        tensor,
                        0,
                        tensor.shape().elements(),
                        new Bytes(DeviceId.HOST, tensor.shape(), ByteBuffer.allocate((int) tensor.bytes())),
                        0))
                .toList();
    }
}
