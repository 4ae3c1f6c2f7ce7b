package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON from strangers: strict syntax and UTF-8, no duplicate keys, bounded nesting, names and numbers. */
final class StrictJson {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(32)
                    .maxNameLength(4096)
                    .maxStringLength(8 << 20)
                    .build())
            .build();

    private static final ObjectMapper MAPPER =
            new ObjectMapper(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StrictJson() {}

    /**
     * Parses a whole document that must be an object.
     *
     * @param file for messages
     */
    static JsonNode object(String file, ByteBuffer utf8) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
            JsonNode root = MAPPER.readTree(text);
            if (!root.isObject()) {
                throw InvalidCheckpoint.in(file, "not a JSON object");
            }
            return root;
        } catch (CharacterCodingException e) {
            throw InvalidCheckpoint.in(file, "not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw InvalidCheckpoint.in(file, "not valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}
