package dev.plimsoll.server.openai.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.plimsoll.server.openai.tools.ToolCallReader.Call;
import java.util.ArrayList;
import java.util.List;

/** Calls of functions as models write them in JSON: an object with a name and its arguments, or a list of those. */
final class CalledFunction {
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .build();

    private CalledFunction() {}

    /** Whether a text is the beginning of JSON, and more of it is to come. */
    static boolean isCut(String text) {
        try {
            var unused = JSON.readTree(text);
            return false;
        } catch (JsonEOFException e) {
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** The calls that a text is; none when it is something else. */
    static List<Call> of(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            List<Call> calls = new ArrayList<>();
            for (JsonNode item : json.isArray() ? json : List.of(json)) {
                JsonNode arguments = item.has("arguments") ? item.path("arguments") : item.path("parameters");
                if (!item.path("name").isTextual() || !(arguments.isObject() || arguments.isMissingNode())) {
                    return List.of();
                }
                calls.add(new Call(
                        item.path("name").textValue(), arguments.isMissingNode() ? "{}" : arguments.toString()));
            }
            return calls;
        } catch (JsonProcessingException e) {
            return List.of();
        }
    }
}
