package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A text to be tokenized. */
record TokenizeRequest(@Nullable String model, String prompt, boolean addSpecialTokens) {
    static TokenizeRequest read(JsonParser parser) throws IOException {
        var reader = new Object() {
            private @Nullable String model;
            private @Nullable String prompt;
            private boolean addSpecialTokens = true;
        };
        Field.readBody(parser, field -> {
            switch (field.name()) {
                case "model" -> reader.model = field.text();
                case "prompt" -> reader.prompt = field.text();
                case "add_special_tokens" -> reader.addSpecialTokens = field.flag();
                default -> throw field.unknown();
            }
        });
        if (reader.prompt == null) {
            throw ApiException.invalid("prompt", "there is no prompt");
        }
        return new TokenizeRequest(reader.model, reader.prompt, reader.addSpecialTokens);
    }
}
