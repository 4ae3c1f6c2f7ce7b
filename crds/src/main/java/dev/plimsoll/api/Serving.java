package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * What the KV cache is sized for.
 *
 * @param maxSequences sequences that share a step
 * @param maxSequenceTokens tokens of one sequence, prompt and completion together; null means what the model allows,
 *     at most {@value #DEFAULT_SEQUENCE_TOKENS}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Serving(
        @Default("8")
        @Min(1)
        @Max(1024)
        @JsonPropertyDescription("Sequences that are generated together; more requests wait. Default: 8.")
        Integer maxSequences,

        @Min(1) @Max(1_048_576) @JsonPropertyDescription("""
                Tokens of one sequence, prompt and completion together. Default: what the model allows, at most 4096. \
                More than the model allows is refused.""") @Nullable
        Integer maxSequenceTokens) {

    static final Serving DEFAULT = new Serving(8, null);

    public static final int DEFAULT_SEQUENCE_TOKENS = 4096;

    public Serving {
        maxSequences = Defaults.of(maxSequences, 8);
    }
}
