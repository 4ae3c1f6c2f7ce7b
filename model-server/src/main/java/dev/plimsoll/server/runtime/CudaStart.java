package dev.plimsoll.server.runtime;

import dev.plimsoll.server.Background;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaDriver;
import dev.plimsoll.server.cuda.CudaGpu;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.DeviceId;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a load needs of GPUs and not of libtorch, made in the background while libtorch is loaded: contexts, streams, and
 * page-locked staging, which every context copies from.
 */
final class CudaStart {
    private final SortedMap<DeviceId, Background<CopyStreams>> gpus = new TreeMap<>();
    private final Background<StagingBlock> staging;

    /**
     * Begins.
     *
     * @param used those that the plan uses, at least one
     */
    CudaStart(CudaDriver driver, Map<DeviceId, CudaGpu> used, Staging staging) {
        int copiers = Math.ceilDiv(staging.readers(), used.size());
        used.forEach((id, gpu) -> gpus.put(
                id,
                Background.start(
                        "context-" + id, () -> CopyStreams.ahead(new CudaContext(driver, gpu), copiers, staging))));
        Background<CopyStreams> first = gpus.firstEntry().getValue();
        this.staging = Background.start("staging", () -> {
            CudaContext context = first.await().context();
            return StagingBlock.of(staging, context::lockHost, context::unlockHost);
        });
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
