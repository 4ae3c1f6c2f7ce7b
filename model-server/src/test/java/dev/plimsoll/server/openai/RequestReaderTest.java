package dev.plimsoll.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a body, and what is refused by which name. */
class RequestReaderTest {
    private static final String MESSAGES = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";

    @Test
    void aChatSaysWhatItAsksFor() {
        ChatRequest request = chat("""
                {"model": "m", "messages": [
                   {"role": "developer", "content": "S"},
                   {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                   {"role": "assistant", "content": null, "tool_calls": [
                      {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\\"x\\": [1]}"}}]},
                   {"role": "tool", "tool_call_id": "c1", "content": "42", "name": "f"}],
                 "temperature": 0.5, "top_p": 0.9, "top_k": -1, "min_p": 0.1, "presence_penalty": -0.0,
                 "frequency_penalty": 1, "repetition_penalty": 1.1, "logit_bias": {"7": -100}, "seed": -5, "n": 2.0,
                 "stop": "END", "stop_token_ids": [3], "min_tokens": 1, "max_tokens": 5, "max_completion_tokens": 9,
                 "stream": true, "stream_options": {"include_usage": true}, "logprobs": true, "top_logprobs": 2,
                 "user": "u", "metadata": {"a": "b"}, "store": false, "service_tier": "auto", "priority": -1,
                 "chat_template_kwargs": {"enable_thinking": false}, "parallel_tool_calls": false,
                 "tools": null, "response_format": {"type": "text"}}""");
        GenerationFields fields = request.generation();
        assertThat(fields.temperature()).isEqualTo(0.5);
        assertThat(fields.topK()).isZero();
        assertThat(fields.logitBias()).isEqualTo(Map.of(7, -100f));
        assertThat(fields.n()).isEqualTo(2);
        assertThat(fields.stop()).containsExactly("END");
        assertThat(fields.stopTokenIds()).isEqualTo(Set.of(3));
        assertThat(fields.maxTokens()).isEqualTo(9);
        assertThat(fields.includeUsage()).isTrue();
        assertThat(request.logprobs()).isEqualTo(2);
        assertThat(request.templateVariables()).isEqualTo(Map.of("enable_thinking", false));
        assertThat(request.messages().get(1)).containsEntry("content", "ab");
        assertThat(request.messages().get(2))
                .containsEntry("content", null)
                .extractingByKey("tool_calls")
                .isEqualTo(List.of(Map.of(
                        "id",
                        "c1",
                        "type",
                        "function",
                        "function",
                        Map.of("name", "f", "arguments", Map.of("x", List.of(1))))));
        assertThat(request.messages().get(3)).containsEntry("tool_call_id", "c1");
    }

    @Test
    void nullsAreAbsent() {
        ChatRequest request = chat("{" + MESSAGES + """
                , "model": null, "temperature": null, "tools": null, "tool_choice": null, "logprobs": null, "stop": null,
                 "max_tokens": null, "stream_options": null, "logit_bias": null, "seed": null, "n": null,
                 "functions": null, "audio": null}""");
        assertThat(request.generation().temperature()).isNull();
        assertThat(request.generation().n()).isEqualTo(1);
        assertThat(request.logprobs()).isEqualTo(-1);
    }

    @Test
    void promptsAreTextsOrIdsOrListsOfBoth() {
        assertThat(prompts("\"a\"")).containsExactly("a");
        assertThat(prompts("[1, 2]")).containsExactly("[1, 2]");
        assertThat(prompts("[\"a\", \"b\"]")).containsExactly("a", "b");
        assertThat(prompts("[[1, 2], \"b\", [3]]")).containsExactly("[1, 2]", "b", "[3]");
    }

    private static List<String> prompts(String json) {
        return RequestReader.completion(body("{\"prompt\": " + json + "}")).prompts().stream()
                .map(input -> switch (input) {
                    case Input.Text(String text) -> text;
                    case Input.Ids(int[] ids) -> java.util.Arrays.toString(ids);
                })
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "temperature | 3",
                "temperature | `\"1\"`",
                "top_p | 1.5",
                "top_k | -2",
                "min_p | true",
                "presence_penalty | 2.5",
                "frequency_penalty | []",
                "repetition_penalty | 0",
                "logit_bias | {\"x\": 1}",
                "logit_bias | []",
                "n | 0",
                "n | 1.5",
                "n | 1000000",
                "seed | 1e30",
                "seed | 12345678901234567890123",
                "stop | [\"\"]",
                "stop | [1]",
                "stop_token_ids | [-1]",
                "max_tokens | 0",
                "max_completion_tokens | 1.1",
                "min_tokens | -1",
                "stream | 1",
                "stream_options | {\"include_usage\": true}",
                "top_logprobs | 3",
                "best_of | 2",
                "priority | \"high\"",
                "tools | {}",
                "tool_choice | \"required\"",
                "response_format | {\"type\": \"xml\"}",
                "response_format | {\"type\": \"json_schema\"}",
                "modalities | [\"audio\"]",
                "functions | [{}]",
                "continue_final_message | true",
                "bad_words | [\"x\"]",
                "guided_json | {}",
                "allowed_token_ids | [1]",
                "truncate_prompt_tokens | 5",
                "include_stop_str_in_output | true",
                "no_such_field | 1",
            })
    void whatChangesTheAnswerIsHonouredOrRefusedByName(String name, String value) {
        assertThatThrownBy(() -> chat("{" + MESSAGES + ", \"" + name + "\": " + value + "}"))
                .asInstanceOf(InstanceOfAssertFactories.type(ApiException.class))
                .satisfies(error -> {
                    assertThat(error.status()).isEqualTo(400);
                    assertThat(String.valueOf(error.body().error().param())).startsWith(name);
                    assertThat(error.getMessage()).contains(name);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"role\": \"robot\", \"content\": \"x\"} | messages[0]",
                "{\"content\": \"x\"} | messages[0]",
                "{\"role\": \"user\"} | messages[0].content",
                "{\"role\": \"user\", \"content\": 5} | messages[0].content",
                "{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]} | messages[0].content",
                "{\"role\": \"user\", \"content\": \"x\", \"name\": 5} | messages[0].name",
                "{\"role\": \"user\", \"content\": \"x\", \"colour\": 5} | messages[0].colour",
                "{\"role\": \"user\", \"content\": \"x\", \"tool_calls\": [{}]} | messages[0].tool_calls",
                "{\"role\": \"assistant\", \"tool_calls\": [{}]} | messages[0].tool_calls",
                "{\"role\": \"assistant\", \"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\": \"[\"}}]} |"
                        + " messages[0].tool_calls",
                "5 | messages[0]",
            })
    void aMessageThatIsWrongIsNamed(String message, String param) {
        assertThatThrownBy(() -> chat("{\"messages\": [" + message + "]}"))
                .asInstanceOf(InstanceOfAssertFactories.type(ApiException.class))
                .satisfies(error -> assertThat(error.body().error().param()).isEqualTo(param));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{} {}", "null", "{\"a\"", "\"x\"", "{\"messages\": []}", "{\"stop\": 1}"})
    void aBodyThatIsNoRequestIsToldSo(String body) {
        assertThatThrownBy(() -> chat(body))
                .asInstanceOf(InstanceOfAssertFactories.type(ApiException.class))
                .satisfies(error -> assertThat(error.status()).isEqualTo(400));
    }

    @Test
    void depthNumbersAndHowMuchThereIsAreBounded() {
        for (String huge : List.of(
                "[".repeat(100_000),
                "{\"a\":".repeat(5_000),
                "{\"metadata\": " + "1".repeat(1_000_000) + "}",
                "{\"" + "a".repeat(100_000) + "\": 1}",
                "{\"tools\": [" + "[],".repeat(1_000_000) + "[]]}",
                "{\"chat_template_kwargs\": {\"a\": [" + "{},".repeat(1_000_000) + "{}]}}",
                "{" + MESSAGES + ", \"stop\": \"" + "a".repeat(5_000) + "\"}")) {
            assertThatThrownBy(() -> chat(huge)).isInstanceOf(ApiException.class);
        }
        assertThatThrownBy(() -> chat("{\"n\": 1, \"n\": 2, " + MESSAGES + "}")).isInstanceOf(ApiException.class);
    }

    @Test
    void aSuffixThatSaysNothingIsTaken() {
        assertThat(RequestReader.completion(body("{\"prompt\": \"x\", \"suffix\": \"\"}"))
                        .prompts())
                .hasSize(1);
        assertThatThrownBy(() -> RequestReader.completion(body("{\"prompt\": \"x\", \"suffix\": \"y\"}")))
                .hasMessageContaining("suffix");
    }

    @Test
    void embeddingsAreOfUpTo2048Inputs() {
        String inputs = "\"x\",".repeat(2047) + "\"x\"";
        assertThat(RequestReader.embeddings(body("{\"input\": [" + inputs + "]}"))
                        .inputs())
                .hasSize(2048);
        assertThatThrownBy(() -> RequestReader.embeddings(body("{\"input\": [" + inputs + ", \"x\"]}")))
                .hasMessageContaining("at most 2048");
        assertThatThrownBy(() -> RequestReader.embeddings(body("{\"input\": []}")))
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> RequestReader.embeddings(body("{\"input\": \"x\", \"encoding_format\": \"hex\"}")))
                .hasMessageContaining("float, base64");
    }

    private static ChatRequest chat(String body) {
        return RequestReader.chat(body(body));
    }

    private static InputStream body(String json) {
        return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }
}
