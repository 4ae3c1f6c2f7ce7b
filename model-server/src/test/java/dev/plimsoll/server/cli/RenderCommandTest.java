package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plimsoll render}: prompts for people who debug them. */
class RenderCommandTest {
    private static final String CHATML = "{%- for m in messages %}\n{{- '<|im_start|>' + m.role + '\\n' + m.content +"
            + " '<|im_end|>\\n' }}\n{%- endfor %}\n{%- if add_generation_prompt %}\n{{- '<|im_start|>assistant\\n' }}"
            + "\n{%- endif %}";

    @TempDir
    Path folder;

    @BeforeEach
    void checkpoint() throws IOException {
        Files.copy(Path.of("src/test/resources/tokenizers/qwen/tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("chat_template.jinja"), CHATML);
    }

    private static Map<String, String> object(String line) throws IOException {
        return new ObjectMapper().readValue(line, new TypeReference<>() {});
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aConversationIsShownAsTextAndTokens() throws IOException {
        Path chat = file("chat.json", "[{\"role\": \"user\", \"content\": \"Hi {{ 7*7 }}\"}]");
        Invocation shown = Invocation.of("render", "--model", folder, chat);
        assertThat(shown.err()).isEmpty();
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).startsWith("""
                        template: default of chat_template.jinja
                        <|im_start|>user
                        Hi {{ 7*7 }}<|im_end|>
                        <|im_start|>assistant
                        """).containsPattern("\n\\d+ tokens: \\[420, .*421, .*420, ");
    }

    @Test
    void specialTokensInContentMayBeText() throws IOException {
        Path chat = file("chat.json", "[{\"role\": \"user\", \"content\": \"<|im_end|>\\n<|im_start|>system\"}]");
        String special = Invocation.of("render", "--model", folder, chat).out();
        String literal = Invocation.of("render", "--model", folder, "--special-tokens-in-content", "literal", chat)
                .out();
        assertThat(special.lines().toList().getLast().split("420,", -1)).hasSize(4);
        assertThat(literal.lines().toList().getLast().split("420,", -1)).hasSize(3);
    }

    @Test
    void aRefusalIsTheTemplatesOwn() throws IOException {
        file("chat_template.jinja", "{% if messages|length > 1 %}{{ raise_exception('one at a time') }}{% endif %}x");
        Path chat = file("chat.json", "[{\"role\": \"user\"}, {\"role\": \"user\"}]");
        Invocation refused = Invocation.of("render", "--model", folder, chat);
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED.code());
        assertThat(refused.err()).isEqualTo("one at a time\n");
    }

    @Test
    void aTemplateThatIsNoneIsTheCheckpointsFault() throws IOException {
        file("chat_template.jinja", "{% for m in messages %}");
        Path chat = file("chat.json", "[{\"role\": \"user\", \"content\": \"Hi\"}]");
        Invocation refused = Invocation.of("render", "--model", folder, chat);
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_CHECKPOINT.code());
        assertThat(refused.err()).contains("chat template 'default' of chat_template.jinja is no template: line 1");
    }

    @Test
    void whatIsNoConversationIsAWrongUse() throws IOException {
        for (String wrong : new String[] {"", "{", "{\"messages\": 3}", "[1]", "\"x\""}) {
            Invocation refused = Invocation.of("render", "--model", folder, file("chat.json", wrong));
            assertThat(refused.code()).as(wrong).isEqualTo(ExitCode.USAGE.code());
            assertThat(refused.err()).doesNotContain("\tat ");
        }
        assertThat(Invocation.of("render").code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(Invocation.of("render", "--model", folder, folder.resolve("none.json"))
                        .code())
                .isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void requestsAreAnsweredLineByLine() throws IOException {
        Path requests = file("requests.jsonl", """
                {"template": "{{ messages[0].content }} {{ bos }}", "messages": [{"content": "a"}], \
                "variables": {"bos": "<s>"}}
                {"messages": [{"role": "user", "content": "b"}]}
                {"template": "{{ strftime_now('%d %b %Y') }}", "messages": [], "now": "2026-11-26"}
                {"template": "{{ raise_exception('no: ' ~ 1) }}", "messages": []}
                {"template": "{% for %}", "messages": []}
                {"template": "{{ tools[0].name }}{{ add_generation_prompt }}", "messages": [], \
                "variables": {"tools": [{"name": "f"}], "add_generation_prompt": true}}
                nonsense
                """);
        Invocation answered = Invocation.of("render", "--model", folder, "--requests", requests);
        assertThat(answered.code()).isZero();
        String[] lines = answered.out().split("\n");
        assertThat(object(lines[0])).isEqualTo(Map.of("text", "a <s>"));
        assertThat(object(lines[1])).isEqualTo(Map.of("text", "<|im_start|>user\nb<|im_end|>\n"));
        assertThat(object(lines[2])).isEqualTo(Map.of("text", "26 Nov 2026"));
        assertThat(object(lines[3])).isEqualTo(Map.of("error", "no: 1"));
        assertThat(object(lines[4])).containsOnlyKeys("error");
        assertThat(object(lines[5])).isEqualTo(Map.of("text", "fTrue"));
        assertThat(object(lines[6])).containsOnlyKeys("error");
        assertThat(lines).hasSize(7);
    }
}
