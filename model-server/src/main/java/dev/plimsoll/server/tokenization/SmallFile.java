package dev.plimsoll.server.tokenization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.CheckpointStore;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Files of a checkpoint that are no larger than people write them. */
record SmallFile(CheckpointStore checkpoint, String name) {
    /** Published ones have a hundred kilobytes; those with thousands of added tokens some megabytes. */
    private static final int MAX_BYTES = 8 << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(64)
                    .maxNameLength(4096)
                    .maxStringLength(MAX_BYTES)
                    .build())
            .build());

    /** The document in it; a missing node when there is no such file. */
    JsonNode json() {
        String text = text();
        if (text == null) {
            return MissingNode.getInstance();
        }
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw invalid("is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Null when there is no such file. */
    @Nullable
    String text() {
        byte[] bytes = checkpoint.small(name, MAX_BYTES);
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid("is not UTF-8", e);
        }
    }

    private PlimsollException invalid(String what, Exception cause) {
        return new PlimsollException(
                Reason.InvalidCheckpoint, name + " " + what + "; download the checkpoint again", cause);
    }
}
