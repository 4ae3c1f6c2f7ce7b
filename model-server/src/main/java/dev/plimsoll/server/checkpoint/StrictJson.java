package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON from strangers: strict syntax and UTF-8, no duplicate keys, bounded nesting, names and numbers. Documents are
 * parsed as they are read; text that nobody asks for is never held.
 */
final class StrictJson {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(32)
                    .maxNameLength(4096)
                    .maxStringLength(1 << 20)
                    .build())
            .build();

    private static final ObjectMapper MAPPER =
            new ObjectMapper(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StrictJson() {}

    /** Takes the members of an object one after the other. */
    @FunctionalInterface
    interface Members {
        /**
         * One member, its value being the parser's current token; leaves the parser at the value's last token.
         *
         * @throws IOException what the parser throws
         */
        void member(String name, JsonParser json) throws IOException;
    }

    /**
     * Parses a whole small document that must be an object.
     *
     * @param file for messages
     */
    static JsonNode object(String file, byte[] utf8) {
        JsonNode root = tree(file, utf8);
        if (!root.isObject()) {
            throw InvalidCheckpoint.in(file, "not a JSON object");
        }
        return root;
    }

    /** As {@link #object}, of a document that must be an array. */
    static JsonNode array(String file, byte[] utf8) {
        JsonNode root = tree(file, utf8);
        if (!root.isArray()) {
            throw InvalidCheckpoint.in(file, "not a JSON array");
        }
        return root;
    }

    private static JsonNode tree(String file, byte[] utf8) {
        return reading(file, new ByteArrayInputStream(utf8), json -> {
            JsonNode root = MAPPER.readTree(json);
            return root == null ? MissingNode.getInstance() : root;
        });
    }

    /** Reads a whole document that must be an object, member by member. */
    static void members(String file, InputStream utf8, Members members) {
        reading(file, utf8, json -> {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw InvalidCheckpoint.in(file, "not a JSON object");
            }
            inside(json, members);
            return file;
        });
    }

    /** Reads the object that the parser is at, member by member. */
    static void inside(JsonParser json, Members members) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            members.member(name, json);
        }
    }

    private interface Reading<T> {
        T from(JsonParser json) throws IOException;
    }

    private static <T> T reading(String file, InputStream utf8, Reading<T> reading) {
        try (JsonParser json = FACTORY.createParser(new InputStreamReader(utf8, StandardCharsets.UTF_8.newDecoder()))) {
            T read = reading.from(json);
            if (json.nextToken() != null) {
                throw InvalidCheckpoint.in(file, "not valid JSON: something follows the object");
            }
            return read;
        } catch (CharacterCodingException e) {
            throw InvalidCheckpoint.in(file, "not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw InvalidCheckpoint.in(file, "not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new PlimsollException(Reason.ReadFailed, "cannot read " + file + ": " + e, e);
        }
    }
}
