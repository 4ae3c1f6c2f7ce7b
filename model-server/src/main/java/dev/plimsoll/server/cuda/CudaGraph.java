package dev.plimsoll.server.cuda;

import dev.plimsoll.server.foreign.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Work that was captured from a stream, launched as a whole. */
public final class CudaGraph implements AutoCloseable {
    private static final int THREAD_LOCAL = 1;

    private final CudaContext context;
    private final NativeFunction launch;
    private final long executable;

    /**
     * Captures what {@code work} queues on a stream; nothing of it runs.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code EngineFailed} when it cannot be captured
     */
    public CudaGraph(CudaContext context, long stream, Runnable work) {
        this.context = context;
        CudaDriver driver = context.driver();
        this.launch = driver.function("cuGraphLaunch", 2);
        context.use();
        NativeFunction begin = driver.function("cuStreamBeginCapture_v2", 2);
        NativeFunction end = driver.function("cuStreamEndCapture", 2);
        NativeFunction instantiate = driver.function("cuGraphInstantiateWithFlags", 3);
        NativeFunction destroy = driver.function("cuGraphDestroy", 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            driver.check(begin.name(), begin.call(stream, THREAD_LOCAL));
            try {
                work.run();
            } finally {
                driver.check(end.name(), end.call(stream, out.address()));
            }
            long graph = out.get(ValueLayout.JAVA_LONG, 0);
            driver.check(instantiate.name(), instantiate.call(out.address(), graph, 0));
            this.executable = out.get(ValueLayout.JAVA_LONG, 0);
            driver.check(destroy.name(), destroy.call(graph));
        }
    }

    /** Queues all of it. */
    public void launch(long stream) {
        context.use();
        context.driver().check(launch.name(), launch.call(executable, stream));
    }

    @Override
    public void close() {
        context.use();
        NativeFunction destroy = context.driver().function("cuGraphExecDestroy", 1);
        context.driver().check(destroy.name(), destroy.call(executable));
    }
}
