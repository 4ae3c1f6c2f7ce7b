package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;
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

    /** What a device is made of. An open word: a server of another version may know more of them. */
    @SuppressWarnings("MemberName")
    public record Kind(@JsonValue String value) {
        public static final Kind Cuda = new Kind("Cuda");

        /** Host memory that stands for a GPU, with an enforced limit. */
        public static final Kind Emulated = new Kind("Emulated");

        public static final Kind Host = new Kind("Host");

        /** Files that weights are streamed from: the checkpoint's own, or a cast copy. */
        public static final Kind Disk = new Kind("Disk");

        /** Those that this version knows. */
        public static final List<Kind> KNOWN = List.of(Cuda, Emulated, Host, Disk);

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public Kind {
            Objects.requireNonNull(value);
        }

        public boolean isKnown() {
            return KNOWN.contains(this);
        }

        @Override
        public String toString() {
            return value;
        }
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

    /** How measured bytes were had. An open word: a server of another version may know more of them. */
    @SuppressWarnings("MemberName")
    public record Source(@JsonValue String value) {
        /** NVML's per-process bytes. */
        public static final Source NVML = new Source("NVML");

        /** Difference of the device's free memory before and after. */
        public static final Source DeviceDifference = new Source("DeviceDifference");

        /** The accounting of an emulated device; workspace from the process's resident memory. */
        public static final Source Emulated = new Source("Emulated");

        /** The tensors on the host; workspace from the process's resident memory. */
        public static final Source Process = new Source("Process");

        /** Those that this version knows. */
        public static final List<Source> KNOWN = List.of(NVML, DeviceDifference, Emulated, Process);

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public Source {
            Objects.requireNonNull(value);
        }

        public boolean isKnown() {
            return KNOWN.contains(this);
        }

        @Override
        public String toString() {
            return value;
        }
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
