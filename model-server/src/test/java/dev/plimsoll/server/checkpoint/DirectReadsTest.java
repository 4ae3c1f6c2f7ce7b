package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads past the page cache give what ordinary ones give, and leave the cache as it was. */
class DirectReadsTest {
    private static final int BLOCK = TensorSource.BLOCK_BYTES;
    private static final int FILE_BYTES = 512 * BLOCK;
    private static final String FILE = "weights";
    /** A file system that does not allow direct reads, on any Linux. */
    private static final Path KERNEL = Path.of("/sys/kernel");

    @TempDir
    Path folder;

    private byte[] content = {};

    @BeforeEach
    void writePastThePageCache() throws IOException {
        content = new byte[FILE_BYTES];
        new SplittableRandom(1).nextBytes(content);
        try (FileChannel file = FileChannel.open(
                folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE, DirectOption.get())) {
            file.write(ByteBuffer.wrap(content));
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "the file system of " + folder + " allows no direct reads: " + e);
        }
    }

    @Test
    void anyRangeIsReadAsItIs() throws IOException {
        byte[] odd = Arrays.copyOf(content, FILE_BYTES - 1234);
        Files.write(folder.resolve("odd"), odd);
        SplittableRandom random = new SplittableRandom(2);
        ByteBuffer aligned = ByteBuffer.allocateDirect(FILE_BYTES + BLOCK).alignedSlice(BLOCK);
        try (LocalTensorSource source = new LocalTensorSource(folder, List.of("odd"), Reads.DIRECT)) {
            for (int i = 0; i < 300; i++) {
                int unit = random.nextBoolean() ? 1 : BLOCK;
                int position = random.nextInt(odd.length) / unit * unit;
                int length = random.nextBoolean()
                        ? odd.length - position
                        : 1 + random.nextInt(Math.min(odd.length - position, 20 * BLOCK));
                ByteBuffer target = random.nextInt(4) == 0
                        ? ByteBuffer.allocate(length)
                        : aligned.clear().limit(length);
                source.read("odd", position, target);
                byte[] read = new byte[length];
                target.flip().get(read);
                assertThat(read).isEqualTo(Arrays.copyOfRange(odd, position, position + length));
            }
        }
    }

    @Test
    void thePageCacheStaysAsItWas() throws Throwable {
        assertThat(cachedBytes()).as("before").isZero();
        readAll(Reads.DIRECT);
        assertThat(cachedBytes()).as("after direct reads").isZero();
        readAll(Reads.CACHED);
        assertThat(cachedBytes()).as("after ordinary reads").isEqualTo(FILE_BYTES);
    }

    @Test
    void whereTheyAreNotAllowedThatIsSaid() {
        assumeTrue(Files.isReadable(KERNEL.resolve("notes")), "the kernel has no notes");
        List<String> said = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                said.add(String.format(entry.getMessage(), entry.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(LocalTensorSource.class.getName());
        log.addHandler(handler);
        ByteBuffer start = ByteBuffer.allocateDirect(4);
        try (LocalTensorSource source = new LocalTensorSource(KERNEL, List.of("notes"), Reads.DIRECT)) {
            source.read("notes", 0, start);
        } finally {
            log.removeHandler(handler);
        }
        assertThat(start.flip().getInt()).isNotZero();
        assertThat(said).singleElement().asString().contains("/sys/kernel", "does not allow them", "page cache");
    }

    private void readAll(Reads reads) {
        try (LocalTensorSource source = new LocalTensorSource(folder, List.of(FILE), reads)) {
            source.read(
                    FILE,
                    0,
                    ByteBuffer.allocateDirect(FILE_BYTES + BLOCK)
                            .alignedSlice(BLOCK)
                            .limit(FILE_BYTES));
        }
    }

    /** Bytes of the file in the page cache, as mincore(2) tells them. */
    private long cachedBytes() throws Throwable {
        var mincore = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("mincore").orElseThrow(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(folder.resolve(FILE), StandardOpenOption.READ)) {
            MemorySegment pages = arena.allocate(FILE_BYTES / BLOCK);
            MemorySegment mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, FILE_BYTES, arena);
            assertThat((int) mincore.invokeExact(mapped, (long) FILE_BYTES, pages))
                    .isZero();
            long cached = 0;
            for (long page = 0; page < pages.byteSize(); page++) {
                cached += pages.get(ValueLayout.JAVA_BYTE, page) & 1;
            }
            return cached * BLOCK;
        }
    }
}
