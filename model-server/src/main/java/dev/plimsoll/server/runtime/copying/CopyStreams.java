package dev.plimsoll.server.runtime.copying;

import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.loading.Staging;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Streams to one GPU that copiers take turns with. They are made ahead and kept: the driver makes one at a time, and
 * none while it does other things for the context.
 */
public final class CopyStreams implements AutoCloseable {
    private final CudaContext context;
    private final Queue<CopyStream> idle = new ConcurrentLinkedQueue<>();

    /** Without streams. */
    public CopyStreams(CudaContext context) {
        this.context = context;
    }

    /**
     * Makes what copiers will need.
     *
     * @param copiers of this GPU at once
     */
    public static CopyStreams ahead(CudaContext context, int copiers, Staging staging) {
        CopyStreams streams = new CopyStreams(context);
        for (int i = 0; i < copiers; i++) {
            CopyStream stream = new CopyStream(context);
            stream.events(staging.buffers());
            streams.idle.add(stream);
        }
        return streams;
    }

    /** Of the GPU. */
    public CudaContext context() {
        return context;
    }

    /** A stream for one copier, with nothing on it. */
    CopyStream take() {
        CopyStream made = idle.poll();
        return made == null ? new CopyStream(context) : made;
    }

    /** Takes a stream back that has nothing on it any more. */
    void giveBack(CopyStream stream) {
        idle.add(stream);
    }

    @Override
    public void close() {
        idle.forEach(CopyStream::close);
        idle.clear();
    }
}
