package dev.plimsoll.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * What this server's API is, for tools.
 *
 * @see <a href="https://spec.openapis.org/oas/v3.1.0">OpenAPI</a>
 */
public final class OpenApi {
    private static final String FILE = "openapi.json";

    private OpenApi() {}

    /** The document. */
    public static JsonNode document() {
        try (InputStream file = OpenApi.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException("there is no " + FILE);
            }
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
