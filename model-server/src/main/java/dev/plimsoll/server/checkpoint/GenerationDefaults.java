package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.Printable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint's {@code generation_config.json} says of how its text is generated. What it does not say is null.
 *
 * @param temperature at least 0; 0 takes the most likely token
 * @param topP share of the probability to choose from, in (0, 1]
 * @param topK the most likely tokens to choose from; 0 is all
 * @param minP least probability relative to the most likely token's, in [0, 1]
 * @param repetitionPenalty above 0; 1 is none
 * @param maxTokens tokens to generate at most
 * @param endIds tokens that end a text: those of the generation config, else of {@code config.json}
 * @see <a href="https://huggingface.co/docs/transformers/main_classes/text_generation">GenerationConfig</a>
 */
public record GenerationDefaults(
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        @Nullable Double repetitionPenalty,
        @Nullable Integer maxTokens,
        Set<Integer> endIds) {
    static final String FILE = "generation_config.json";

    private static final String END_IDS = "eos_token_id";

    public GenerationDefaults {
        endIds = Set.copyOf(endIds);
    }

    /** Nothing but the tokens that end a text. */
    public static GenerationDefaults none(Set<Integer> endIds) {
        return new GenerationDefaults(null, null, null, null, null, null, endIds);
    }

    /** The same without what it says of sampling and lengths. */
    public GenerationDefaults endIdsAlone() {
        return none(endIds);
    }

    /**
     * Reads them.
     *
     * @param generationConfig null when the checkpoint has none
     * @throws dev.plimsoll.server.PlimsollException {@code InvalidCheckpoint} naming a value that cannot be sampled with
     */
    static GenerationDefaults of(@Nullable JsonNode generationConfig, JsonNode config) {
        Set<Integer> endIds =
                endIds(generationConfig != null && generationConfig.has(END_IDS) ? generationConfig : config);
        if (generationConfig == null) {
            return none(endIds);
        }
        return new GenerationDefaults(
                number(generationConfig, "temperature", "at least 0", value -> value >= 0),
                number(generationConfig, "top_p", "above 0 and at most 1", value -> value > 0 && value <= 1),
                count(generationConfig, "top_k", 0),
                number(generationConfig, "min_p", "from 0 to 1", value -> value >= 0 && value <= 1),
                number(generationConfig, "repetition_penalty", "above 0", value -> value > 0),
                count(generationConfig, "max_new_tokens", 1),
                endIds);
    }

    private static Set<Integer> endIds(JsonNode from) {
        JsonNode ids = from.path(END_IDS);
        Set<Integer> result = new HashSet<>();
        (ids.isArray() ? ids : List.of(ids)).forEach(id -> {
            if (id.isInt()) {
                result.add(id.intValue());
            }
        });
        return result;
    }

    private static @Nullable Double number(JsonNode json, String name, String allowed, DoublePredicate allows) {
        JsonNode node = json.path(name);
        if (isAbsent(node)) {
            return null;
        }
        if (!node.isNumber() || !Double.isFinite(node.doubleValue()) || !allows.test(node.doubleValue())) {
            throw wrong(name, "a number " + allowed, node);
        }
        return node.doubleValue();
    }

    private static @Nullable Integer count(JsonNode json, String name, int least) {
        JsonNode node = json.path(name);
        if (isAbsent(node)) {
            return null;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least) {
            throw wrong(name, "a whole number of at least " + least, node);
        }
        return node.intValue();
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static RuntimeException wrong(String name, String allowed, JsonNode node) {
        return InvalidCheckpoint.in(
                FILE, name + " must be " + allowed + ", is " + Printable.of(node.toString()), "correct or remove it");
    }
}
