package dev.plimsoll.server.openai.tools;

import java.util.List;

/** Tells calls of tools from text in what a model generates, while it comes. One for each choice. */
public interface ToolCallReader {
    /** What was found. */
    sealed interface Part {}

    /** Text of the answer. */
    record Text(String text) implements Part {}

    /**
     * A call of a tool.
     *
     * @param arguments a JSON object, as a text
     */
    record Call(String name, String arguments) implements Part {}

    /** Takes a piece of text; gives what is certain now, maybe nothing. */
    List<Part> add(String text);

    /** The rest, once no more comes. */
    List<Part> end();

    /** Finds no calls: all is text. */
    static ToolCallReader none() {
        return new ToolCallReader() {
            @Override
            public List<Part> add(String text) {
                return text.isEmpty() ? List.of() : List.of(new Text(text));
            }

            @Override
            public List<Part> end() {
                return List.of();
            }
        };
    }
}
