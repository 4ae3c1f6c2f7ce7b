package dev.plimsoll.server.openai;

import static dev.plimsoll.server.openai.RandomAnswers.MAX_TOKENS;
import static dev.plimsoll.server.openai.RandomAnswers.PERSON;
import static dev.plimsoll.server.openai.RandomAnswers.ask;
import static dev.plimsoll.server.openai.RandomAnswers.assertFits;
import static dev.plimsoll.server.openai.RandomAnswers.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.server.openai.RandomAnswers.Answer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a model would say, an answer has the shape that was asked for: here it says anything that it is let say. */
class StructuredAnswersTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String schema(String schema) {
        return "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"s\", \"schema\": "
                + schema + "}}";
    }

    @ParameterizedTest
    @CsvSource({"qwen, false", "qwen, true", "llama2, false", "llama2, true", "mistral, false"})
    void anAnswerFitsItsSchema(String tokenizer, boolean stream) throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Answer answer = ask(tokenizer, "tags", body(schema(PERSON) + ", \"stream\": " + stream), seed);
            assertThat(answer.finish()).isEqualTo("stop");
            assertFits(PERSON, answer.content());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen", "llama2"})
    void aJsonObjectIsOneOrIsCutByItsLength(String tokenizer) throws Exception {
        int whole = 0;
        for (int seed = 0; seed < 20; seed++) {
            Answer answer = ask(tokenizer, "tags", body("\"response_format\": {\"type\": \"json_object\"}"), seed);
            if (answer.finish().equals("stop")) {
                assertThat(JSON.readTree(answer.content()).isObject()).isTrue();
                whole++;
            } else {
                assertThat(answer.finish()).isEqualTo("length");
                assertThat(answer.ids()).hasSize(MAX_TOKENS);
            }
        }
        assertThat(whole).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\": \"string\", \"pattern\": \"((((a{0,9}b?){0,9}c?){0,9}d?){0,9}e?){0,9}\"}|response_format|what is repeated may be empty",
                "{\"not\": {}}|response_format|response_format.json_schema.schema: not is not implemented: leave it out",
                "{\"type\": \"array\", \"items\": {\"uniqueItems\": true}}|response_format|items.uniqueItems is not implemented",
            })
    void whatCannotBeHeldToIsNamed(String schema, String param, String message) {
        assertThatThrownBy(() -> ask("qwen", "tags", body(schema(schema)), 0))
                .isInstanceOfSatisfying(ApiException.class, error -> {
                    assertThat(error.status()).isEqualTo(400);
                    assertThat(error.body().error().param()).isEqualTo(param);
                })
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram"})
    void aTokenizerWithoutAllCharactersHoldsToNothing(String tokenizer) {
        assertThatThrownBy(() -> ask(tokenizer, "tags", body("\"response_format\": {\"type\": \"json_object\"}"), 0))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("response_format cannot be held to: the tokenizer of this model has no token");
    }
}
