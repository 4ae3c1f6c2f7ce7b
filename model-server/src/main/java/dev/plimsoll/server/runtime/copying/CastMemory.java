package dev.plimsoll.server.runtime.copying;

import dev.plimsoll.server.cuda.CudaContext;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Memory of a GPU that copiers cast in. It comes and goes, and is told apart from what stays. For any thread. */
public final class CastMemory {
    private final CudaContext context;
    private long bytes;

    /** Without anything taken. */
    public CastMemory(CudaContext context) {
        this.context = context;
    }

    /**
     * Takes so many bytes.
     *
     * @return their address
     */
    synchronized long take(long size) {
        long address = context.allocate(size);
        bytes += size;
        return address;
    }

    synchronized void giveBack(long address, long size) {
        context.free(address);
        bytes -= size;
    }

    /**
     * Measures while none comes or goes.
     *
     * @param process everything that the process takes; empty is not measured
     * @return without the memory that copiers cast in
     */
    public synchronized OptionalLong beside(Supplier<OptionalLong> process) {
        OptionalLong all = process.get();
        return all.isPresent() ? OptionalLong.of(all.getAsLong() - bytes) : all;
    }
}
