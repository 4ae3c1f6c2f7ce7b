package dev.plimsoll.server.memory;

import dev.plimsoll.api.report.DeviceReport.Source;
import dev.plimsoll.server.cuda.CudaGpu;
import dev.plimsoll.server.cuda.Nvml;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What this process takes on a GPU, as the driver counts it. In a container the driver knows the process by another
 * number, as a rule: then it is what the whole device has taken more since before this process's context.
 */
public final class GpuMemory {
    private static final long PID = ProcessHandle.current().pid();

    private final CudaGpu gpu;
    private final @Nullable Nvml nvml;
    private final Optional<Nvml.Bytes> before;
    private boolean byProcess;

    /**
     * Takes note of what is used before.
     *
     * @param nvml null where it is not installed: nothing is measured then
     */
    public GpuMemory(CudaGpu gpu, @Nullable Nvml nvml) {
        this.gpu = gpu;
        this.nvml = nvml;
        this.before = nvml == null ? Optional.empty() : nvml.bytes(gpu);
    }

    public CudaGpu gpu() {
        return gpu;
    }

    /** Bytes that were free before this process came; all of them where that is not told. */
    public long freeBytes() {
        return before.map(Nvml.Bytes::free).orElse(gpu.totalBytes());
    }

    /** Bytes that this process takes now; empty is not measured. */
    public synchronized OptionalLong process() {
        if (nvml == null) {
            return OptionalLong.empty();
        }
        OptionalLong own = nvml.processBytes(gpu, PID);
        byProcess |= own.isPresent();
        if (byProcess) {
            return own;
        }
        Optional<Nvml.Bytes> now = nvml.bytes(gpu);
        return before.isPresent() && now.isPresent()
                ? OptionalLong.of(Math.max(0, now.get().used() - before.get().used()))
                : OptionalLong.empty();
    }

    /** How {@link #process} is had. */
    public synchronized Source source() {
        return byProcess ? Source.NVML : Source.DeviceDifference;
    }
}
