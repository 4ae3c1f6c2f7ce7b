package dev.plimsoll.server.openai.tools;

import org.jspecify.annotations.Nullable;

/** How a family of models writes calls of tools; the chat template, which shows calls of before, tells which. */
public enum ToolFormat {
    /** {@code <tool_call>{"name": .., "arguments": ..}</tool_call>}: Hermes, Qwen2.5, Qwen3. */
    TAGS {
        @Override
        public ToolCallReader reader() {
            return new TaggedCalls("<tool_call>", "</tool_call>");
        }
    },
    /** {@code [TOOL_CALLS][{"name": .., "arguments": ..}]} to the end: Mistral. */
    MISTRAL {
        @Override
        public ToolCallReader reader() {
            return new TrailingCalls("[TOOL_CALLS]");
        }
    },
    /** {@code {"name": .., "parameters": ..}} as the whole answer, maybe behind {@code <|python_tag|>}: Llama 3.x. */
    LLAMA {
        @Override
        public ToolCallReader reader() {
            return new TrailingCalls("<|python_tag|>");
        }
    };

    /** Finds calls in one answer. */
    public abstract ToolCallReader reader();

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
