package dev.plimsoll.server.runtime.copying;

import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.device.Fence;

/** An event between streams of one GPU. */
public final class CudaFence implements Fence {
    /** The stream that libtorch computes on. */
    public static final long COMPUTING = 0;

    private final CudaContext context;
    private final long event;

    /** One that is reached. */
    public CudaFence(CudaContext context) {
        this.context = context;
        this.event = context.event();
    }

    /** Lets it be reached when what is on the stream now is done. */
    public void mark(long stream) {
        context.record(event, stream);
    }

    /** What comes onto the stream from now on begins after it. */
    public void await(long stream) {
        context.await(event, stream);
    }

    @Override
    public void close() {
        context.destroyEvent(event);
    }
}
