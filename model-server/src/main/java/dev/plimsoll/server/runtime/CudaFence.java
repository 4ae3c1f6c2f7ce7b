package dev.plimsoll.server.runtime;

import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.device.Fence;

/** An event between streams of one GPU. */
final class CudaFence implements Fence {
    /** The stream that libtorch computes on. */
    static final long COMPUTING = 0;

    private final CudaContext context;
    private final long event;

    CudaFence(CudaContext context) {
        this.context = context;
        this.event = context.event();
    }

    void mark(long stream) {
        context.record(event, stream);
    }

    void await(long stream) {
        context.await(event, stream);
    }

    @Override
    public void close() {
        context.destroyEvent(event);
    }
}
