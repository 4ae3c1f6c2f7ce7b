package dev.plimsoll.server.runtime.copying;

import dev.plimsoll.server.cuda.CudaContext;
import java.util.ArrayList;
import java.util.List;

/** A stream to one GPU, and the events by which a ring of buffers is copied on it. */
final class CopyStream implements AutoCloseable {
    private final CudaContext context;
    private final long handle;
    private final List<Events> events = new ArrayList<>();

    /** Before the copy of a buffer, between copy and cast, and behind both. */
    record Events(long begun, long copied, long done) {
        private List<Long> all() {
            return List.of(begun, copied, done);
        }
    }

    CopyStream(CudaContext context) {
        this.context = context;
        this.handle = context.stream();
    }

    long handle() {
        return handle;
    }

    /** The events of so many buffers; all have happened when what is on the stream now is done. */
    List<Events> events(int buffers) {
        while (events.size() < buffers) {
            events.add(new Events(context.event(), context.event(), context.event()));
        }
        List<Events> first = List.copyOf(events.subList(0, buffers));
        first.forEach(of -> of.all().forEach(event -> context.record(event, handle)));
        return first;
    }

    @Override
    public void close() {
        events.forEach(of -> of.all().forEach(context::destroyEvent));
        context.destroyStream(handle);
    }
}
