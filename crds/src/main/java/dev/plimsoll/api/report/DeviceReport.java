package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One device of a replica and what lives on it.
 *
 * @param name {@code gpu:N}, {@code host} or {@code disk}
 * @param budget ceiling in bytes; absent where none was given
 * @param modules every module placed here, in model order, with its bytes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeviceReport(
        String name,
        Kind kind,
        @Nullable String uuid,
        @Nullable String product,
        @Nullable Long budget,
        @Nullable MeasuredMemory measured,
        List<ModulePlacement> modules) {

    /** What a device is made of. */
    public enum Kind {
        Cuda,
        /** Host memory that stands for a GPU, with an enforced limit. */
        Emulated,
        Host,
        /** Files that weights are streamed from: the checkpoint's own, or a cast copy. */
        Disk
    }

    /**
     * Measured bytes by kind: weights + kvCache + workspace + context + unaccounted = process. Absent is not measured.
     *
     * @param weights bytes of the tensors that hold weights
     * @param kvCache bytes of the tensors that hold keys and values
     * @param workspace highest transient bytes of a step
     * @param context bytes that the driver and its libraries take
     * @param process everything that the process takes on this device
     * @param source how the numbers were had
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record MeasuredMemory(
            @Nullable Long weights,
            @Nullable Long kvCache,
            @Nullable Long workspace,
            @Nullable Long context,
            @Nullable Long unaccounted,
            @Nullable Long process,
            Source source) {}

    /** How measured bytes were had. */
    public enum Source {
        /** NVML's per-process bytes. */
        NVML,
        /** Difference of the device's free memory before and after. */
        DeviceDifference,
        /** The accounting of an emulated device; workspace from the process's resident memory. */
        Emulated,
        /** The tensors on the host; workspace from the process's resident memory. */
        Process
    }

    /**
     * @param name module name as in the checkpoint, such as {@code model.layers.0}
     * @param bytes bytes of its parameters on the device; a parameter tied to one counted elsewhere adds nothing
     * @param tiedTo the module whose parameters it shares
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ModulePlacement(
            String name, long bytes, @Nullable String tiedTo) {}
}
