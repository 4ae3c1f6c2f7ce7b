package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.plimsoll.api.InSchema;
import dev.plimsoll.api.report.Phase;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One replica, as it last reported. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PodStatus(
        @JsonPropertyDescription("Name of the pod.") String name,
        @JsonPropertyDescription("UID of the pod.") String uid,

        @JsonPropertyDescription("Node that it runs on.") @Nullable
        String node,

        @JsonPropertyDescription("Whether the pod runs the current spec.")
        boolean current,

        @JsonPropertyDescription(
                "How far it is: Starting, Planning, Loading, WarmingUp, Serving, Draining, Failed or Unknown; other versions may say more.")
        Phase phase,

        @InSchema(format = "date-time") @JsonPropertyDescription("When the phase was first seen, RFC 3339.") @Nullable
        String since,

        @InSchema(atomic = true) @JsonPropertyDescription("Its devices, and what is where.") @Nullable
        List<DeviceStatus> devices,

        @JsonPropertyDescription("Memory of its container.") @Nullable
        HostStatus host,

        @JsonPropertyDescription("How its weights were, or are being, loaded.") @Nullable
        LoadStatus load,

        @JsonPropertyDescription("Containers restarted so often.") @Nullable
        Integer restarts,

        @JsonPropertyDescription("Why the replica does not serve.") @Nullable
        PodFailure failure) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record DeviceStatus(
            @JsonPropertyDescription("gpu:N, host or disk.") String name,

            @JsonPropertyDescription("Cuda, Emulated, Host or Disk.")
            String kind,

            @JsonPropertyDescription("UUID of a GPU.") @Nullable
            String uuid,

            @JsonPropertyDescription("Product name of a GPU.") @Nullable
            String product,

            @JsonPropertyDescription("What the process may take there; absent where no budget was given.") @Nullable
            Quantity budget,

            @JsonPropertyDescription("Measured bytes by kind; a kind that was not measured is absent.") @Nullable
            Measured measured,

            @JsonPropertyDescription("Measured over predicted total, such as +0.4%.") @Nullable
            String predictionError,

            @InSchema(atomic = true) @JsonPropertyDescription("What lives there, folded: model.layers.0-35.")
            List<String> modules) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Measured(
            @JsonPropertyDescription("Bytes of weights.") @Nullable
            Quantity weights,

            @JsonPropertyDescription("Bytes of the KV cache.") @Nullable
            Quantity kvCache,

            @JsonPropertyDescription("Most bytes that a step took while it ran.") @Nullable
            Quantity workspace,

            @JsonPropertyDescription("Bytes that the driver and its libraries take.") @Nullable
            Quantity context,

            @JsonPropertyDescription("Bytes of the process that none of the kinds explains.") @Nullable
            Quantity unaccounted,

            @JsonPropertyDescription("All that the process takes.") @Nullable
            Quantity process,

            @JsonPropertyDescription(
                    "How they were measured: NVML, DeviceDifference, Emulated or Process; other versions may say more.")
            String source) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record HostStatus(
            @JsonPropertyDescription("Limit of the container.") @Nullable
            Quantity budget,

            @JsonPropertyDescription("Anonymous bytes.") @Nullable
            Quantity anonymous,

            @JsonPropertyDescription("Page-locked bytes.") @Nullable
            Quantity pinned,

            @JsonPropertyDescription("Most bytes that could not be reclaimed.") @Nullable
            Quantity peak) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LoadStatus(
            @JsonPropertyDescription("URI of the checkpoint.")
            String source,

            @JsonPropertyDescription("Bytes to read, as stored.")
            long bytes,

            @JsonPropertyDescription("Bytes that are on their devices, in steps of a twentieth; absent once all are.")
            @Nullable
            Integer percent,

            @InSchema(format = "date-time") @JsonPropertyDescription("When percent last changed, RFC 3339.") @Nullable
            String percentSince,

            @JsonPropertyDescription("Seconds from the first byte to the last.") @Nullable
            String seconds,

            @JsonPropertyDescription("Bytes a second.") @Nullable
            String rate,

            @JsonPropertyDescription("Seconds from the start of the process to ready.") @Nullable
            String startToReady) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PodFailure(
            @JsonPropertyDescription("In one word, as conditions say it.")
            Reason reason,

            @JsonPropertyDescription("What went wrong, and what to change.")
            String message) {}
}
