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
        String name,
        String uid,
        @Nullable String node,

        @JsonPropertyDescription("Whether the pod runs the current spec.")
        boolean current,

        Phase phase,

        @InSchema(format = "date-time") @JsonPropertyDescription("When the phase was first seen, RFC 3339.") @Nullable
        String since,

        @InSchema(atomic = true) @Nullable List<DeviceStatus> devices,
        @Nullable HostStatus host,
        @Nullable LoadStatus load,

        @JsonPropertyDescription("Containers restarted so often.") @Nullable
        Integer restarts,

        @JsonPropertyDescription("Why the replica does not serve.") @Nullable
        PodFailure failure) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record DeviceStatus(
            String name,

            @JsonPropertyDescription("Cuda, Emulated, Host or Disk.")
            String kind,

            @Nullable String uuid,
            @Nullable String product,
            @Nullable Quantity budget,

            @JsonPropertyDescription("Measured bytes by kind; a kind that was not measured is absent.") @Nullable
            Measured measured,

            @JsonPropertyDescription("Measured over predicted total, such as +0.4%.") @Nullable
            String predictionError,

            @InSchema(atomic = true) @JsonPropertyDescription("What lives there, folded: model.layers.0-35.")
            List<String> modules) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Measured(
            @Nullable Quantity weights,
            @Nullable Quantity kvCache,
            @Nullable Quantity workspace,
            @Nullable Quantity context,
            @Nullable Quantity unaccounted,
            @Nullable Quantity process,

            @JsonPropertyDescription("Where the numbers come from.")
            String source) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record HostStatus(
            @Nullable Quantity budget,
            @Nullable Quantity anonymous,
            @Nullable Quantity pinned,
            @Nullable Quantity peak) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LoadStatus(
            String source,
            long bytes,

            @JsonPropertyDescription("Bytes that are on their devices, in steps of a twentieth; absent once all are.")
            @Nullable
            Integer percent,

            @InSchema(format = "date-time") @JsonPropertyDescription("When percent last changed, RFC 3339.") @Nullable
            String percentSince,

            @Nullable String seconds,
            @Nullable String rate,
            @Nullable String startToReady) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PodFailure(Reason reason, String message) {}
}
