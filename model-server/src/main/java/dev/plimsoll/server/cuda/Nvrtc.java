package dev.plimsoll.server.cuda;

import dev.plimsoll.server.foreign.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * NVIDIA's compiler of CUDA C++. It needs no GPU.
 *
 * @see <a href="https://docs.nvidia.com/cuda/nvrtc/">NVRTC</a>
 */
public final class Nvrtc {
    private static final int COMPILATION_FAILED = 6;

    private final NativeLibrary library;

    private Nvrtc(NativeLibrary library) {
        this.library = library;
    }

    /**
     * The compiler in a folder; empty where there is none.
     *
     * @param folder that holds {@code libnvrtc.so.*} and its builtins
     */
    public static Optional<Nvrtc> in(Path folder) {
        // The builtins are looked for by name when they are needed: opened before, they are found.
        return file(folder, "libnvrtc-builtins.so.*").flatMap(builtins -> {
            NativeLibrary.open(builtins);
            return file(folder, "libnvrtc.so.*").map(NativeLibrary::open).map(Nvrtc::new);
        });
    }

    private static Optional<Path> file(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : files) {
                if (!file.toString().contains(".alt.")) {
                    return Optional.of(file);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Compiles for one compute capability.
     *
     * @param name of the source, for messages
     * @param headers what it may include, by name
     * @param capability such as 90
     * @param options beside it, such as {@code -DNAME}
     * @return a cubin
     * @throws IllegalArgumentException with the compiler's messages
     */
    public byte[] compile(
            String name, String source, Map<String, String> headers, int capability, List<String> options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            List<String> names = List.copyOf(headers.keySet());
            check(library.function("nvrtcCreateProgram", 6)
                    .callAll(
                            out.address(),
                            arena.allocateFrom(source).address(),
                            arena.allocateFrom(name).address(),
                            names.size(),
                            strings(arena, names.stream().map(headers::get).toList()),
                            strings(arena, names)));
            long program = out.get(ValueLayout.JAVA_LONG, 0);
            try {
                List<String> all = new ArrayList<>(options);
                all.addAll(List.of("--gpu-architecture=" + architecture(capability), "--std=c++17", "-default-device"));
                int code = library.function("nvrtcCompileProgram", 3).call(program, all.size(), strings(arena, all));
                if (code == COMPILATION_FAILED) {
                    throw new IllegalArgumentException(new String(
                            output(arena, program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog"),
                            StandardCharsets.UTF_8));
                }
                check(code);
                return output(arena, program, "nvrtcGetCUBINSize", "nvrtcGetCUBIN");
            } finally {
                out.set(ValueLayout.JAVA_LONG, 0, program);
                check(library.function("nvrtcDestroyProgram", 1).call(out.address()));
            }
        }
    }

    /** Compute capability 9.0 has instructions that no later one has: wgmma. */
    private static String architecture(int capability) {
        return "sm_" + capability + (capability == 90 ? "a" : "");
    }

    private byte[] output(Arena arena, long program, String size, String content) {
        MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
        check(library.function(size, 2).call(program, bytes.address()));
        MemorySegment output = arena.allocate(bytes.get(ValueLayout.JAVA_LONG, 0));
        check(library.function(content, 2).call(program, output.address()));
        return output.toArray(ValueLayout.JAVA_BYTE);
    }

    private static long strings(Arena arena, List<String> strings) {
        MemorySegment pointers = arena.allocate((long) Long.BYTES * Math.max(1, strings.size()), Long.BYTES);
        for (int i = 0; i < strings.size(); i++) {
            pointers.setAtIndex(
                    ValueLayout.JAVA_LONG, i, arena.allocateFrom(strings.get(i)).address());
        }
        return pointers.address();
    }

    private static void check(int code) {
        if (code != 0) {
            throw new IllegalStateException("NVRTC gives " + code);
        }
    }
}
