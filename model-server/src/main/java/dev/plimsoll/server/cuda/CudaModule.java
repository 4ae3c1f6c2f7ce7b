package dev.plimsoll.server.cuda;

import dev.plimsoll.server.foreign.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Compiled kernels, loaded onto a GPU. */
public final class CudaModule implements AutoCloseable {
    private static final int MAX_DYNAMIC_SHARED_BYTES = 8;

    private final CudaContext context;
    private final long handle;

    /**
     * A kernel of a module.
     *
     * @param function the driver's handle
     * @param sharedBytes dynamic shared memory of a block
     */
    public record Kernel(String name, long function, int sharedBytes) {}

    /**
     * Loads an image.
     *
     * @param image cubin or PTX of this GPU's compute capability
     * @throws dev.plimsoll.server.PlimsollException {@code EngineFailed} when it is not for this GPU
     */
    public CudaModule(CudaContext context, byte[] image) {
        this.context = context;
        CudaDriver driver = context.driver();
        context.use();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(image.length + 1L, 16);
            MemorySegment.copy(image, 0, bytes, ValueLayout.JAVA_BYTE, 0, image.length);
            MemorySegment module = arena.allocate(ValueLayout.JAVA_LONG);
            NativeFunction load = driver.function("cuModuleLoadData", 2);
            driver.check(load.name(), load.call(module.address(), bytes.address()));
            this.handle = module.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    public Kernel kernel(String name) {
        return kernel(name, 0);
    }

    /** A kernel whose blocks have so much dynamic shared memory. */
    public Kernel kernel(String name, int sharedBytes) {
        CudaDriver driver = context.driver();
        context.use();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = arena.allocate(ValueLayout.JAVA_LONG);
            NativeFunction find = driver.function("cuModuleGetFunction", 3);
            driver.check(
                    find.name() + " " + name,
                    find.call(
                            function.address(), handle, arena.allocateFrom(name).address()));
            long found = function.get(ValueLayout.JAVA_LONG, 0);
            NativeFunction set = driver.function("cuFuncSetAttribute", 3);
            driver.check(set.name(), set.call(found, MAX_DYNAMIC_SHARED_BYTES, sharedBytes));
            return new Kernel(name, found, sharedBytes);
        }
    }

    @Override
    public void close() {
        context.use();
        NativeFunction unload = context.driver().function("cuModuleUnload", 1);
        context.driver().check(unload.name(), unload.call(handle));
    }
}
