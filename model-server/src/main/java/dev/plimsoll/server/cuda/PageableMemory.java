package dev.plimsoll.server.cuda;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.foreign.NativeFunction;
import dev.plimsoll.server.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Host memory of the C library, in large pages where the kernel has them, before it is locked. */
final class PageableMemory {
    static final long HUGE_PAGE = 2L << 20;

    /** madvise(2): large pages are made and locked faster, and copied faster; where there are none, nothing changes. */
    private static final int MADV_HUGEPAGE = 14;

    private final NativeFunction allocate;
    private final NativeFunction advise;
    private final NativeFunction release;

    PageableMemory() {
        NativeLibrary c = NativeLibrary.find("libc.so.6").orElseThrow();
        this.allocate = c.function("posix_memalign", 3);
        this.advise = c.function("madvise", 3);
        this.release = c.function("free", 1);
    }

    /**
     * Memory that begins on a large page.
     *
     * @throws PlimsollException {@code HostOutOfMemory} when the host has not that much
     */
    long allocate(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ValueLayout.JAVA_LONG);
            int error = allocate.call(address.address(), HUGE_PAGE, bytes);
            if (error != 0) {
                throw new PlimsollException(
                        Reason.HostOutOfMemory,
                        "the host has no " + ByteSize.format(bytes) + " left (" + allocate.name() + " gives error "
                                + error + "): raise memory.host, or place less on the host");
            }
            long at = address.get(ValueLayout.JAVA_LONG, 0);
            advise.call(at, bytes, MADV_HUGEPAGE);
            return at;
        }
    }

    void release(long address) {
        release.call(address);
    }
}
