package dev.plimsoll.server.openai.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.openai.tools.ToolCallReader.Call;
import dev.plimsoll.server.openai.tools.ToolCallReader.Part;
import dev.plimsoll.server.openai.tools.ToolCallReader.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of tools in what models write, however it is cut into pieces. */
class ToolCallReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TAGS | `<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>` | f({\"x\":1})",
                "TAGS | `Let me see. <tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>` | Let me see. f({})",
                "TAGS | `<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n"
                        + "<tool_call>{\"name\":\"g\",\"arguments\":{\"a\":\"</b>\"}}</tool_call>` |"
                        + " f({})g({\"a\":\"</b>\"})",
                "TAGS | `<tool_call>{\"name\":\"f\",\"arguments\":{}}` | f({})",
                "TAGS | `a <tool_call>nonsense</tool_call> b` | a <tool_call>nonsense</tool_call> b",
                "TAGS | `<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":\"</tool_call> b\"}}</tool_call>c` |"
                        + " f({\"a\":\"</tool_call> b\"})c",
                "TAGS | `<tool_call>{\"name\":</tool_call> b` | <tool_call>{\"name\":</tool_call> b",
                "TAGS | `1 < 2 and <tool` | 1 < 2 and <tool",
                "MISTRAL | `[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {\"x\": [1]}}, {\"name\": \"g\"}]` |"
                        + " f({\"x\":[1]})g({})",
                "MISTRAL | `[{\"name\": \"f\", \"arguments\": {}}]` | f({})",
                "MISTRAL | `[1, 2, 3] are numbers` | [1, 2, 3] are numbers",
                "MISTRAL | `Well [TOO bad` | Well [TOO bad",
                "LLAMA | `{\"name\": \"f\", \"parameters\": {\"x\": 1}}` | f({\"x\":1})",
                "LLAMA | `<|python_tag|>{\"name\": \"f\", \"parameters\": {}}` | f({})",
                "LLAMA | `{\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}}` | f({})g({})",
                "LLAMA | `{\"answer\": 42}` | {\"answer\": 42}",
                "LLAMA | `The answer is {\"name\": \"f\"}` | The answer is {\"name\": \"f\"}",
            })
    void callsAreToldFromText(ToolFormat format, String written, String expected) {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 200; round++) {
            ToolCallReader reader = format.reader();
            List<Part> parts = new ArrayList<>();
            for (int at = 0; at < written.length(); ) {
                int end = Math.min(written.length(), at + random.nextInt(1, round == 0 ? 1000 : 6));
                parts.addAll(reader.add(written.substring(at, end)));
                at = end;
            }
            parts.addAll(reader.end());
            assertThat(shown(parts)).isEqualTo(expected);
        }
    }

    private static String shown(List<Part> parts) {
        StringBuilder shown = new StringBuilder();
        for (Part part : parts) {
            shown.append(
                    switch (part) {
                        case Text(String text) -> text;
                        case Call(String name, String arguments) -> name + "(" + arguments + ")";
                    });
        }
        return shown.toString();
    }

    @ParameterizedTest
    @EnumSource
    void textIsNotHeldBack(ToolFormat format) {
        ToolCallReader reader = format.reader();
        assertThat(shown(reader.add("Hello "))).isEqualTo("Hello ");
        assertThat(shown(reader.add("there"))).isEqualTo("there");
    }

    @Test
    void theTemplateTellsTheFormat() {
        assertThat(ToolFormat.of("{% if tools %}<tool_call>{% endif %}")).isEqualTo(ToolFormat.TAGS);
        assertThat(ToolFormat.of("{% if tools %}[TOOL_CALLS]{% endif %}")).isEqualTo(ToolFormat.MISTRAL);
        assertThat(ToolFormat.of("{% if tools %}ipython {\"name\": x, \"parameters\": y}{% endif %}"))
                .isEqualTo(ToolFormat.LLAMA);
        assertThat(ToolFormat.of("{{ messages }}")).isNull();
        assertThat(ToolFormat.of("{{ tools }}")).isNull();
    }
}
