package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * What the KV cache is sized for, and how clients are served.
 *
 * @param maxSequences sequences that share a step
 * @param maxSequenceTokens tokens of one sequence, prompt and completion together; null means what the model allows,
 *     at most {@value #DEFAULT_SEQUENCE_TOKENS}
 * @param kvCache bytes of the KV cache, of which sequences take pages as they grow; null means every sequence at its longest
 * @param specialTokensInContent what special tokens are in what clients write; null means {@code Special}
 * @param generationDefaults whether requests are sampled as the checkpoint says where they say nothing; null means true
 * @param apiKeys keys of which clients must show one; null asks for none
 */
@ValidationRule(
        value = "!has(self.kvCache) || self.kvCache == 'Auto' || (isQuantity(self.kvCache)"
                + " && !quantity(self.kvCache).isLessThan(quantity('1'))"
                + " && !self.kvCache.matches('" + Memory.FRACTION + "')"
                + " && !quantity(self.kvCache).isGreaterThan(quantity('1Pi')))",
        fieldPath = ".kvCache",
        message =
                "serving.kvCache must be Auto or a positive Kubernetes quantity of whole bytes, at most 1Pi, such as 4Gi")
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
        Integer maxSequenceTokens,

        @JsonInclude(JsonInclude.Include.NON_NULL) @InSchema(longest = 32) @JsonPropertyDescription("""
                Bytes of the KV cache of a server, over all layers and devices: a quantity such as 4Gi, or Auto: room \
                for maxSequences sequences of maxSequenceTokens tokens where that fits, else what the budgets leave. \
                Sequences take pages of it as they grow; when there are none, the last one admitted is read again \
                later. At least one whole sequence must fit. Default: room for all sequences at their longest, and a \
                refusal when it does not fit.""") @Nullable
        KvCacheSize kvCache,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @InSchema(oneOf = {"Special", "Literal"})
        @JsonPropertyDescription("""
                What the text of a special token, such as <|im_end|>, is in what clients write. Special (default) is \
                that token, as transformers does: a client can write turns of others. Literal is text like any other: \
                only the chat template makes turns.""")
        @Nullable
        SpecialTokensInContent specialTokensInContent,

        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonPropertyDescription("""
                Sample requests as the checkpoint's generation_config.json says where they say nothing. false takes \
                OpenAI's defaults (temperature 1, top_p 1). Default: true.""") @Nullable
        Boolean generationDefaults,

        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonPropertyDescription("""
                A Secret whose values are API keys, one a line; clients must show one of them (Authorization: Bearer \
                KEY). The pods read it at start, the operator never does. Default: no key is asked for.""") @Nullable
        SecretReference apiKeys) {

    static final Serving DEFAULT = new Serving(8, null);

    public static final int DEFAULT_SEQUENCE_TOKENS = 4096;

    public Serving {
        maxSequences = Defaults.of(maxSequences, 8);
    }

    /** With the defaults of all that is not about size. */
    public Serving(Integer maxSequences, @Nullable Integer maxSequenceTokens) {
        this(maxSequences, maxSequenceTokens, null, null, null, null);
    }

    /** What special tokens are in what clients write, said or not. */
    public SpecialTokensInContent specialTokens() {
        return Defaults.of(specialTokensInContent, SpecialTokensInContent.Special);
    }

    /** Whether requests are sampled as the checkpoint says where they say nothing, said or not. */
    public boolean samplesAsCheckpointSays() {
        return Defaults.of(generationDefaults, true);
    }
}
