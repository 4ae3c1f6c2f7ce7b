package dev.plimsoll.server.tokenization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of a checkpoint that are no larger than people write them. */
final class SmallFile {
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

    private SmallFile() {}

    /** The document in a file; a missing node when there is no such file. */
    static JsonNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return MAPPER.readTree(text(file));
        } catch (JsonProcessingException e) {
            throw invalid(file, "is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw invalid(file, "is larger than " + MAX_BYTES + " bytes", null);
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid(file, "is not UTF-8", e);
        } catch (IOException e) {
            throw new PlimsollException(Reason.ReadFailed, "cannot read " + file + ": " + e, e);
        }
    }

    private static PlimsollException invalid(
            Path file, String what, @org.jspecify.annotations.Nullable Exception cause) {
        PlimsollException invalid = new PlimsollException(
                Reason.InvalidCheckpoint, file.getFileName() + " " + what + "; download the checkpoint again");
        if (cause != null) {
            invalid.initCause(cause);
        }
        return invalid;
    }
}
