package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tokens whose text is wanted. */
@SuppressWarnings("ArrayRecordComponent")
record DetokenizeRequest(@Nullable String model, int[] tokens) {
    static DetokenizeRequest read(JsonParser parser) throws IOException {
        var reader = new Object() {
            private @Nullable String model;
            private int @Nullable [] tokens;
        };
        Field.readBody(parser, field -> {
            switch (field.name()) {
                case "model" -> reader.model = field.text();
                case "tokens" -> reader.tokens = field.ids();
                default -> throw field.unknown();
            }
        });
        if (reader.tokens == null) {
            throw ApiException.invalid("tokens", "there are no tokens");
        }
        return new DetokenizeRequest(reader.model, reader.tokens);
    }
}
