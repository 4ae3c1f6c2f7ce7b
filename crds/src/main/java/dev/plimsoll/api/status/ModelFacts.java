package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.plimsoll.api.Dtype;
import org.jspecify.annotations.Nullable;

/** The checkpoint, as read from its headers. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelFacts(
        @JsonPropertyDescription("Class name from config.json, such as LlamaForCausalLM.")
        String architecture,

        @JsonPropertyDescription("Parameters, ties counted once.")
        long parameters,

        @JsonPropertyDescription("Decoder layers.") int layers,
        @JsonPropertyDescription("What is stored.") CheckpointFacts checkpoint,

        @JsonPropertyDescription("Element type of the weights on their devices.")
        Dtype dtype) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record CheckpointFacts(
            @JsonPropertyDescription("Bytes of the tensors as stored.")
            long bytes,

            @JsonPropertyDescription("Element type as stored.")
            Dtype dtype,

            @JsonPropertyDescription("What was resolved: a revision, or a digest of the headers.") @Nullable
            String revision) {}
}
