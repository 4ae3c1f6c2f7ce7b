package dev.plimsoll.server.openai.tools;

import static dev.plimsoll.server.grammar.Expression.choice;
import static dev.plimsoll.server.grammar.Expression.empty;
import static dev.plimsoll.server.grammar.Expression.repeated;
import static dev.plimsoll.server.grammar.Expression.sequence;
import static dev.plimsoll.server.grammar.Expression.text;

import dev.plimsoll.server.grammar.Expression;
import dev.plimsoll.server.grammar.Expression.Rule;
import dev.plimsoll.server.grammar.FreeText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a family of models writes calls of tools; the chat template, which shows calls of before, tells which. */
public enum ToolFormat {
    /** {@code <tool_call>{"name": .., "arguments": ..}</tool_call>}: Hermes, Qwen2.5, Qwen3. */
    TAGS {
        @Override
        public ToolCallReader reader() {
            return new TaggedCalls("<tool_call>", "</tool_call>");
        }

        @Override
        public String marker() {
            return "<tool_call>";
        }

        @Override
        public Expression calls(List<Function> functions, boolean several) {
            Expression call =
                    sequence(text("<tool_call>\n"), Function.call(functions, "arguments"), text("\n</tool_call>"));
            return several ? sequence(call, repeated(sequence(text("\n"), call), 0, MAX_CALLS - 1)) : call;
        }

        @Override
        public Expression callsInText(List<Function> functions, boolean several) {
            Rule text = new Rule("text with calls");
            Expression rest = sequence(
                    text("\n"),
                    Function.call(functions, "arguments"),
                    text("\n</tool_call>"),
                    several ? text : empty());
            return text.is(FreeText.until(marker(), rest));
        }
    },
    /** {@code [TOOL_CALLS][{"name": .., "arguments": ..}]} to the end: Mistral. */
    MISTRAL {
        @Override
        public ToolCallReader reader() {
            return new TrailingCalls(marker());
        }

        @Override
        public String marker() {
            return "[TOOL_CALLS]";
        }

        @Override
        public Expression calls(List<Function> functions, boolean several) {
            Expression call = Function.call(functions, "arguments");
            Expression more = several ? repeated(sequence(text(", "), call), 0, MAX_CALLS - 1) : empty();
            return sequence(text("[TOOL_CALLS]["), call, more, text("]"));
        }

        @Override
        public Expression callsInText(List<Function> functions, boolean several) {
            Expression call = Function.call(functions, "arguments");
            Expression more = several ? repeated(sequence(text(", "), call), 0, MAX_CALLS - 1) : empty();
            return FreeText.until(marker(), sequence(text("["), call, more, text("]")));
        }
    },
    /** {@code {"name": .., "parameters": ..}} as the whole answer, maybe behind {@code <|python_tag|>}: Llama 3.x. */
    LLAMA {
        @Override
        public ToolCallReader reader() {
            return new TrailingCalls(marker());
        }

        @Override
        public String marker() {
            return "<|python_tag|>";
        }

        @Override
        public Expression calls(List<Function> functions, boolean several) {
            return Function.call(functions, "parameters");
        }

        @Override
        public Expression callsInText(List<Function> functions, boolean several) {
            return choice(calls(functions, several), FreeText.noJson());
        }
    };

    private static final int MAX_CALLS = 64;

    /**
     * A function that may be called.
     *
     * @param arguments what they may be
     */
    public record Function(String name, Expression arguments) {
        private static Expression call(List<Function> functions, String arguments) {
            List<Expression> each = new ArrayList<>();
            for (Function function : functions) {
                each.add(sequence(
                        text(function.name() + "\", \"" + arguments + "\": "), function.arguments(), text("}")));
            }
            return sequence(text("{\"name\": \""), new Expression.Choice(each));
        }
    }

    /** Finds calls in one answer. */
    public abstract ToolCallReader reader();

    /** What calls begin with, or may begin with; with some tokenizers a special token. */
    public abstract String marker();

    /**
     * An answer that is calls and nothing else.
     *
     * @param several whether there may be more than one, where the format has that
     */
    public abstract Expression calls(List<Function> functions, boolean several);

    /**
     * An answer that is text, in which there may be calls.
     *
     * @param several whether there may be more than one, where the format has that
     */
    public abstract Expression callsInText(List<Function> functions, boolean several);

    /** The format that a template shows; null where it knows no tools. */
    public static @Nullable ToolFormat of(String template) {
        if (!template.contains("tools")) {
            return null;
        }
        if (template.contains("<tool_call>")) {
            return TAGS;
        }
        if (template.contains("[TOOL_CALLS]")) {
            return MISTRAL;
        }
        return template.contains("\"parameters\"") && template.contains("ipython") ? LLAMA : null;
    }
}
