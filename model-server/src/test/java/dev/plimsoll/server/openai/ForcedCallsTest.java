package dev.plimsoll.server.openai;

import static dev.plimsoll.server.openai.RandomAnswers.PERSON;
import static dev.plimsoll.server.openai.RandomAnswers.ask;
import static dev.plimsoll.server.openai.RandomAnswers.assertFits;
import static dev.plimsoll.server.openai.RandomAnswers.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.server.openai.RandomAnswers.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of tools that are asked for, or that strict tools allow: they come, and fit, whatever a model would say. */
class ForcedCallsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String tools(String more) {
        return "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"save\", \"parameters\": " + PERSON
                + "}}, {\"type\": \"function\", \"function\": {\"name\": \"stop\"}}], " + more;
    }

    @ParameterizedTest
    @CsvSource({
        "qwen, tags, false",
        "qwen, tags, true",
        "qwen, mistral, false",
        "llama2, mistral, true",
        "qwen, llama, false",
        "llama2, llama, true"
    })
    void callsThatAreAskedForComeAndFit(String tokenizer, String template, boolean stream) throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Answer answer = ask(
                    tokenizer,
                    template,
                    body(tools("\"parallel_tool_calls\": false, \"tool_choice\": \"required\", \"stream\": " + stream)),
                    seed);
            assertThat(answer.finish()).isEqualTo("tool_calls");
            assertThat(answer.content()).isIn("", "null");
            assertThat(answer.calls()).hasSize(1);
            JsonNode function = answer.calls().getFirst().path("function");
            String arguments = function.path("arguments").asText();
            if (function.path("name").asText().equals("save")) {
                assertFits(PERSON, arguments);
            } else {
                assertThat(function.path("name").asText()).isEqualTo("stop");
                assertThat(arguments).isEqualTo("{}");
            }
        }
    }

    @Test
    void theFunctionThatIsNamedIsCalled() throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Answer answer = ask(
                    "qwen",
                    "tags",
                    body(tools("\"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"save\"}}")),
                    seed);
            assertThat(answer.finish()).isEqualTo("stop");
            assertThat(answer.calls()).hasSize(1);
            assertFits(
                    PERSON, answer.calls().getFirst().at("/function/arguments").asText());
        }
    }

    @Test
    void severalCallsMayBeAskedFor() throws Exception {
        int most = 0;
        for (int seed = 0; seed < 20; seed++) {
            Answer answer = ask("qwen", "tags", body(tools("\"tool_choice\": \"required\"")), seed);
            most = Math.max(most, answer.calls().size());
            for (JsonNode call : answer.calls()) {
                assertThat(call.at("/function/name").asText()).isIn("save", "stop");
            }
        }
        assertThat(most).isGreaterThan(1);
    }

    /** As Mistral's tokenizers have it: what begins calls is a special token, which no text shows otherwise. */
    @ParameterizedTest
    @ValueSource(strings = {"required", "auto"})
    void callsBehindASpecialTokenAreFound(String choice, @TempDir Path folder) throws Exception {
        Path tokenizer = Files.createDirectory(folder.resolve("qwen"));
        ObjectNode file = (ObjectNode) JSON.readTree(
                Path.of("src/test/resources/tokenizers/qwen/tokenizer.json").toFile());
        ObjectNode marker = file.withArray("added_tokens").path(0).deepCopy();
        file.withArray("added_tokens").add(marker.put("id", 424).put("content", "[TOOL_CALLS]"));
        Files.writeString(tokenizer.resolve("tokenizer.json"), JSON.writeValueAsString(file));
        int marked = 0;
        int called = 0;
        for (int seed = 0; seed < 60; seed++) {
            Answer answer = ask(
                    tokenizer,
                    "mistral",
                    body(tools("\"tool_choice\": \"" + choice + "\"")
                            .replace("\"stop\"}", "\"stop\", \"strict\": true}")),
                    seed);
            marked += answer.ids().contains(424) ? 1 : 0;
            called += answer.ids().contains(424) && !answer.calls().isEmpty() ? 1 : 0;
        }
        assertThat(marked).isPositive();
        assertThat(called).isPositive();
    }

    /** Text comes as it likes; where it comes to a call, that fits. */
    @ParameterizedTest
    @CsvSource({"tags", "mistral", "llama"})
    void callsOfStrictToolsFitWhereTheyComeByThemselves(String template) throws Exception {
        String strict =
                tools("\"max_tokens\": 400").replace("\"name\": \"save\"", "\"name\": \"save\", \"strict\": true");
        int calls = 0;
        int texts = 0;
        for (int seed = 0; seed < 40; seed++) {
            Answer answer = ask(
                    "qwen",
                    template,
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], " + strict + "}",
                    seed);
            texts += answer.content().isBlank() ? 0 : 1;
            for (JsonNode call : answer.calls()) {
                calls++;
                if (call.at("/function/name").asText().equals("save")) {
                    assertFits(PERSON, call.at("/function/arguments").asText());
                }
            }
            assertThat(answer.content()).doesNotContain("[TOOL_CALLS][{");
        }
        assertThat(calls + texts).isPositive();
    }
}
