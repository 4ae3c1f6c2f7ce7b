package dev.plimsoll.server.runtime.copying;

import dev.plimsoll.server.loading.Staging;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/**
 * All staging of a load in one piece, made before there is anything to copy, because locking pages takes as long as a
 * good part of the load. Its rings are lent to copiers until it is given back as a whole. For any thread.
 */
public final class StagingBlock implements AutoCloseable {
    /** Has nothing to lend. */
    public static final StagingBlock NONE = new StagingBlock(MemorySegment.NULL, address -> {});

    private final MemorySegment memory;
    private final LongConsumer free;
    private final Deque<MemorySegment> idle = new ArrayDeque<>();
    private int lent;
    private boolean closed;

    /**
     * Memory of one copier's buffers.
     *
     * @param giveBack called by {@link #close}, once
     */
    public record Ring(MemorySegment memory, Runnable giveBack) implements AutoCloseable {
        /** Nothing may be copied from it any more. */
        @Override
        public void close() {
            giveBack.run();
        }
    }

    private StagingBlock(MemorySegment memory, LongConsumer free) {
        this.memory = memory;
        this.free = free;
    }

    /**
     * Makes a block with a ring for each reader.
     *
     * @param allocate gives the address of so many bytes
     * @param free takes it back
     */
    public static StagingBlock of(Staging staging, LongUnaryOperator allocate, LongConsumer free) {
        long address = allocate.applyAsLong(staging.bytes());
        StagingBlock block = new StagingBlock(MemorySegment.ofAddress(address).reinterpret(staging.bytes()), free);
        long ringBytes = staging.bytes() / staging.readers();
        for (int i = 0; i < staging.readers(); i++) {
            block.idle.add(block.memory.asSlice(i * ringBytes, ringBytes));
        }
        return block;
    }

    /** So many bytes for one copier; empty when no ring is left, or none is so large, or the block was given back. */
    public synchronized Optional<Ring> lend(long bytes) {
        if (closed || idle.isEmpty() || idle.element().byteSize() < bytes) {
            return Optional.empty();
        }
        MemorySegment ring = idle.remove();
        lent++;
        return Optional.of(new Ring(ring.asSlice(0, bytes), () -> takeBack(ring)));
    }

    private synchronized void takeBack(MemorySegment ring) {
        lent--;
        idle.add(ring);
    }

    /** What it takes of the host; 0 when it was given back. */
    public synchronized long bytes() {
        return closed ? 0 : memory.byteSize();
    }

    /**
     * Gives the memory back, once.
     *
     * @throws IllegalStateException when a ring is still lent: something may be copied from it
     */
    @Override
    public synchronized void close() {
        if (lent > 0) {
            throw new IllegalStateException(lent + " rings of staging are in use");
        }
        if (bytes() > 0) {
            free.accept(memory.address());
            closed = true;
        }
    }
}
