package dev.plimsoll.server.cuda;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.foreign.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.LongStream;

/**
 * The primary context of a GPU: memory on it, page-locked memory of the host, and what orders work. Addresses, streams
 * and events are the driver's own handles; 0 is the stream that libtorch computes on. For any thread.
 */
public final class CudaContext {
    private static final int NON_BLOCKING = 1;
    private static final int PORTABLE = 1;
    private static final int MULTIPROCESSORS = 16;
    private static final int MAJOR = 75;
    private static final int MINOR = 76;
    private static final long PAGES_AT_ONCE = 4 * PageableMemory.HUGE_PAGE;

    private final CudaDriver driver;
    private final CudaGpu gpu;
    private final long context;
    private final NativeFunction setCurrent;
    private final NativeFunction memAlloc;
    private final NativeFunction memFree;
    private final NativeFunction memset;
    private final PageableMemory pageable = new PageableMemory();
    private final NativeFunction hostRegister;
    private final NativeFunction hostUnregister;
    private final NativeFunction copyToDevice;
    private final NativeFunction copyToHost;
    private final NativeFunction deviceAttribute;
    private final NativeFunction streamCreate;
    private final NativeFunction streamDestroy;
    private final NativeFunction streamSynchronize;
    private final NativeFunction streamWaitEvent;
    private final NativeFunction eventCreate;
    private final NativeFunction eventDestroy;
    private final NativeFunction eventRecord;
    private final NativeFunction eventSynchronize;
    private final NativeFunction eventElapsedTime;

    /**
     * Makes the context, or takes part in it where there is one.
     *
     * @throws PlimsollException {@code EngineFailed} when the driver makes none
     */
    public CudaContext(CudaDriver driver, CudaGpu gpu) {
        this.driver = driver;
        this.gpu = gpu;
        this.setCurrent = driver.function("cuCtxSetCurrent", 1);
        this.memAlloc = driver.function("cuMemAlloc_v2", 2);
        this.memFree = driver.function("cuMemFree_v2", 1);
        this.memset = driver.function("cuMemsetD8_v2", 3);
        this.hostRegister = driver.function("cuMemHostRegister_v2", 3);
        this.hostUnregister = driver.function("cuMemHostUnregister", 1);
        this.copyToDevice = driver.function("cuMemcpyHtoDAsync_v2", 4);
        this.copyToHost = driver.function("cuMemcpyDtoHAsync_v2", 4);
        this.deviceAttribute = driver.function("cuDeviceGetAttribute", 3);
        this.streamCreate = driver.function("cuStreamCreate", 2);
        this.streamDestroy = driver.function("cuStreamDestroy_v2", 1);
        this.streamSynchronize = driver.function("cuStreamSynchronize", 1);
        this.streamWaitEvent = driver.function("cuStreamWaitEvent", 3);
        this.eventCreate = driver.function("cuEventCreate", 2);
        this.eventDestroy = driver.function("cuEventDestroy_v2", 1);
        this.eventRecord = driver.function("cuEventRecord", 2);
        this.eventSynchronize = driver.function("cuEventSynchronize", 1);
        this.eventElapsedTime = driver.function("cuEventElapsedTime", 3);
        NativeFunction retain = driver.function("cuDevicePrimaryCtxRetain", 2);
        int device = driver.device(gpu.ordinal());
        this.context = made(retain.name(), out -> retain.call(out, device));
    }

    private interface Maker {
        int make(long out);
    }

    private long made(String what, Maker maker) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            driver.check(what, maker.make(out.address()));
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    public CudaGpu gpu() {
        return gpu;
    }

    /** Each thread has a current context, and libtorch changes it. */
    public void use() {
        driver.check(setCurrent.name(), setCurrent.call(context));
    }

    private void run(NativeFunction function, long argument) {
        use();
        driver.check(function.name(), function.call(argument));
    }

    private void run(NativeFunction function, long first, long second) {
        use();
        driver.check(function.name(), function.call(first, second));
    }

    /**
     * Device memory, zeroed.
     *
     * @return its address
     * @throws PlimsollException {@code DeviceOutOfMemory} when the GPU has not that much left
     */
    public long allocate(long bytes) {
        use();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ValueLayout.JAVA_LONG);
            int code = memAlloc.call(address.address(), bytes);
            if (code == CudaDriver.OUT_OF_MEMORY) {
                throw new PlimsollException(
                        Reason.DeviceOutOfMemory,
                        "gpu:" + gpu.ordinal() + " (" + gpu.product() + ", " + ByteSize.format(gpu.totalBytes())
                                + ") has no " + ByteSize.format(bytes)
                                + " left: another process uses it, too; set memory.gpu to what this one may take, use"
                                + " a larger GPU, or fewer or shorter sequences");
            }
            driver.check(memAlloc.name(), code);
            long at = address.get(ValueLayout.JAVA_LONG, 0);
            driver.check(memset.name(), memset.call(at, 0, bytes));
            driver.check(streamSynchronize.name(), streamSynchronize.call(0));
            return at;
        }
    }

    public void free(long address) {
        run(memFree, address);
    }

    /**
     * Page-locked memory of the host, zeroed; it copies at the link's full rate. Its pages are made by several threads
     * before they are locked, which takes a fraction of the time that the driver takes for it.
     *
     * @param threads make the pages
     * @return its address
     * @throws PlimsollException {@code HostOutOfMemory} when the host has not that much that can be locked
     */
    public long lockHost(long bytes, Executor threads) {
        long address = pageable.allocate(bytes);
        MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(bytes);
        CompletableFuture.allOf(LongStream.range(0, Math.ceilDiv(bytes, PAGES_AT_ONCE))
                        .map(part -> part * PAGES_AT_ONCE)
                        .mapToObj(from -> memory.asSlice(from, Math.min(PAGES_AT_ONCE, bytes - from)))
                        .map(part -> CompletableFuture.runAsync(() -> part.fill((byte) 0), threads))
                        .toArray(CompletableFuture[]::new))
                .join();
        use();
        int code = hostRegister.call(address, bytes, PORTABLE);
        if (code != 0) {
            pageable.release(address);
            throw new PlimsollException(
                    Reason.HostOutOfMemory,
                    ByteSize.format(bytes) + " of the host cannot be page-locked (" + hostRegister.name() + " gives "
                            + code + "): raise memory.host, or place less on the host");
        }
        return address;
    }

    public void unlockHost(long address) {
        run(hostUnregister, address);
        pageable.release(address);
    }

    /** Begins to copy from page-locked memory. */
    public void copy(long target, long source, long bytes, long stream) {
        use();
        driver.check(copyToDevice.name(), copyToDevice.call(target, source, bytes, stream));
    }

    /** Begins to copy into page-locked memory. */
    public void copyToHost(long target, long source, long bytes, long stream) {
        use();
        driver.check(copyToHost.name(), copyToHost.call(target, source, bytes, stream));
    }

    /** Compute capability, as compilers number it: 90 is 9.0. */
    public int computeCapability() {
        return 10 * attribute(MAJOR) + attribute(MINOR);
    }

    public int multiprocessors() {
        return attribute(MULTIPROCESSORS);
    }

    private int attribute(int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            driver.check(
                    deviceAttribute.name(),
                    deviceAttribute.call(value.address(), number, driver.device(gpu.ordinal())));
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    CudaDriver driver() {
        return driver;
    }

    /** A stream that does not wait for the one that libtorch computes on. */
    public long stream() {
        use();
        return made(streamCreate.name(), out -> streamCreate.call(out, NON_BLOCKING));
    }

    public void destroyStream(long stream) {
        run(streamDestroy, stream);
    }

    /** Waits until all work of the stream is done. */
    public void finish(long stream) {
        run(streamSynchronize, stream);
    }

    public long event() {
        use();
        return made(eventCreate.name(), out -> eventCreate.call(out, 0));
    }

    public void destroyEvent(long event) {
        run(eventDestroy, event);
    }

    /** Lets the event happen when the work given to the stream so far is done. */
    public void record(long event, long stream) {
        run(eventRecord, event, stream);
    }

    /** Lets later work of the stream wait for the event; one that was never recorded has happened. */
    public void await(long event, long stream) {
        use();
        driver.check(streamWaitEvent.name(), streamWaitEvent.call(stream, event, 0));
    }

    /** Waits until the event has happened. */
    public void await(long event) {
        run(eventSynchronize, event);
    }

    /** Nanoseconds on the device between two events that have happened. */
    public long nanosBetween(long first, long second) {
        use();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment millis = arena.allocate(ValueLayout.JAVA_FLOAT);
            driver.check(eventElapsedTime.name(), eventElapsedTime.call(millis.address(), first, second));
            return (long) (millis.get(ValueLayout.JAVA_FLOAT, 0) * 1e6);
        }
    }
}
