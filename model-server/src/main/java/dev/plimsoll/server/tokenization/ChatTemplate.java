package dev.plimsoll.server.tokenization;

import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.templates.RenderLimits;
import dev.plimsoll.server.templates.Template;
import dev.plimsoll.server.templates.TemplateException;
import dev.plimsoll.server.templates.Value;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The chat templates of a checkpoint, and how transformers renders them. Safe for use by several threads. */
public final class ChatTemplate {
    private static final String TOOL_USE = "tool_use";

    private final Map<String, Template> templates;
    private final Map<String, String> sources;
    private final Map<String, String> specialTokens;
    private final String origin;
    private final Supplier<LocalDateTime> now;
    private final @Nullable String problem;

    private ChatTemplate(TemplateFiles files, Supplier<LocalDateTime> now) {
        this.specialTokens = files.specialTokens();
        this.origin = files.origin();
        this.sources = files.sources();
        this.now = now;
        this.templates = new TreeMap<>();
        String broken = null;
        for (Map.Entry<String, String> source : files.sources().entrySet()) {
            try {
                templates.put(source.getKey(), Template.compile(source.getValue()));
            } catch (TemplateException e) {
                broken = "chat template '" + source.getKey() + "' of " + origin + " is no template: " + e.getMessage();
            }
        }
        this.problem = broken != null ? broken : problemWithOneMessage();
    }

    /**
     * The templates in {@code chat_template.jinja} and {@code additional_chat_templates}, else those of {@code
     * tokenizer_config.json}, else of {@code chat_template.json}; null when there are none.
     *
     * @throws PlimsollException {@code InvalidCheckpoint} when a file is not what its name says, {@code ReadFailed} when
     *     it cannot be read
     */
    public static @Nullable ChatTemplate open(Path checkpoint) {
        TemplateFiles files = TemplateFiles.read(checkpoint);
        return files.sources().isEmpty() ? null : new ChatTemplate(files, LocalDateTime::now);
    }

    /**
     * One template, given as text.
     *
     * @param specialTokens by name, such as {@code bos_token}
     * @param now what {@code strftime_now} tells
     */
    public static ChatTemplate of(String source, Map<String, String> specialTokens, Supplier<LocalDateTime> now) {
        return new ChatTemplate(
                new TemplateFiles(Map.of(TemplateFiles.DEFAULT, source), "the given text", specialTokens), now);
    }

    /**
     * Why no chat can be served, in words for whoever deploys the checkpoint: a template that does not parse, or that
     * cannot render one plain message. Null when all is well.
     */
    public @Nullable String problem() {
        return problem;
    }

    /** The file that the templates are from. */
    public String origin() {
        return origin;
    }

    /** The name of the template that renders an input: {@code tool_use} for tools where there is one. */
    public String chosen(ChatInput input) {
        return input.tools() != null && templates.containsKey(TOOL_USE) ? TOOL_USE : TemplateFiles.DEFAULT;
    }

    /** The template that renders an input, as it is written; empty where there is none. */
    public String source(ChatInput input) {
        return sources.getOrDefault(chosen(input), "");
    }

    /**
     * Text of a conversation. It holds the first token, where the model wants one: encode it without adding special
     * tokens.
     *
     * @throws dev.plimsoll.server.templates.TemplateRefusal with the template's own words when it refuses the messages
     * @throws TemplateException when it cannot render them otherwise
     */
    public String render(ChatInput input) {
        Template template = templates.get(chosen(input));
        if (template == null) {
            throw new TemplateException(
                    problem != null ? problem : "there is no default chat template, only " + templates.keySet());
        }
        Conversation conversation = Conversation.of(input);
        Map<String, Value> variables = new HashMap<>();
        specialTokens.forEach((name, token) -> variables.put(name, Value.of(token)));
        input.variables().forEach((name, value) -> variables.put(name, Value.of(value)));
        variables.put("messages", Value.of(conversation.messages()));
        variables.put("tools", Value.of(input.tools()));
        variables.put("documents", Value.of(input.documents()));
        variables.put("add_generation_prompt", Value.of(input.addGenerationPrompt()));
        return conversation.cut(template.render(variables, RenderLimits.DEFAULT, now));
    }

    private @Nullable String problemWithOneMessage() {
        String first = null;
        for (Object content : List.of("Hello", List.of(Map.of("type", "text", "text", "Hello")))) {
            try {
                render(ChatInput.of(List.of(Map.of("role", "user", "content", content))));
                return null;
            } catch (TemplateException e) {
                first = first == null ? e.getMessage() : first;
            }
        }
        return "the chat template of " + origin + " cannot render one plain message: " + first;
    }
}
