package dev.plimsoll.server.runtime.devices;

import dev.plimsoll.server.Background;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaDriver;
import dev.plimsoll.server.cuda.CudaGpu;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.runtime.copying.CopyStreams;
import dev.plimsoll.server.runtime.copying.StagingBlock;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What a load needs of GPUs and not of libtorch, made in the background while libtorch is loaded: contexts, streams, and
 * page-locked staging, which every context copies from. Its threads are there before libtorch is: while the dynamic linker
 * loads something, it lets others wait who start a thread, call a library for the first time in one, or call one of Java's
 * own native methods for the first time.
 */
final class CudaStart implements AutoCloseable {
    private final ExecutorService threads;
    private final SortedMap<DeviceId, Background<CopyStreams>> gpus = new TreeMap<>();
    private final Background<StagingBlock> staging;

    /**
     * Begins; returns when the threads are there.
     *
     * @param used those that the plan uses, at least one
     */
    CudaStart(CudaDriver driver, Map<DeviceId, CudaGpu> used, Staging staging) {
        int copiers = Math.ceilDiv(staging.readers(), used.size());
        this.threads = threads(staging.readers() + used.size() + 1, driver);
        used.forEach((id, gpu) -> gpus.put(
                id,
                Background.start(threads, () -> CopyStreams.ahead(new CudaContext(driver, gpu), copiers, staging))));
        Background<CopyStreams> first = gpus.firstEntry().getValue();
        this.staging = Background.start(threads, () -> {
            CudaContext context = first.await().context();
            return StagingBlock.of(staging, bytes -> context.lockHost(bytes, threads), context::unlockHost);
        });
    }

    private static ExecutorService threads(int count, CudaDriver driver) {
        CountDownLatch started = new CountDownLatch(count);
        ThreadFactory daemons = Thread.ofPlatform().daemon().name("loader-", 0).factory();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> daemons.newThread(() -> {
                    driver.useOnThisThread();
                    float unused = Float.intBitsToFloat(0);
                    started.countDown();
                    work.run();
                }));
        threads.prestartAllCoreThreads();
        try {
            started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return threads;
    }

    /** For a load. */
    Executor threads() {
        return threads;
    }

    /** Lets the threads end when they have done their work. */
    @Override
    public void close() {
        threads.shutdown();
    }

    boolean uses(DeviceId id) {
        return gpus.containsKey(id);
    }

    /**
     * A GPU that is used.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code EngineFailed} when the driver makes no context on it
     */
    CopyStreams gpu(DeviceId id) {
        return Objects.requireNonNull(gpus.get(id), id.toString()).await();
    }

    /** Any context: what is locked in one is in all. */
    CudaContext context() {
        return gpu(gpus.firstKey()).context();
    }

    /**
     * The staging of all readers.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code HostOutOfMemory} when the host has not that much that can be
     *     locked
     */
    StagingBlock staging() {
        return staging.await();
    }
}
