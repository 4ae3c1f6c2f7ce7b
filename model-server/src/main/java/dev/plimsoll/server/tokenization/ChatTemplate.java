package dev.plimsoll.server.tokenization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.DoNotCall;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.FatalTemplateErrorsException;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's chat template: Jinja with blocks trimmed as transformers does. The template is untrusted: its output,
 * its loops and its recursion are bounded.
 */
public final class ChatTemplate {
    private static final int MAX_OUTPUT = 8 << 20;

    private final Jinjava jinjava;
    private final String template;
    private final Map<String, Object> tokens;

    private ChatTemplate(String template, Map<String, Object> tokens) {
        this.template = template;
        this.tokens = tokens;
        this.jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withMaxOutputSize(MAX_OUTPUT)
                .withMaxRenderDepth(20)
                .withMaxListSize(100_000)
                .withMaxMapSize(100_000)
                .withMaxStringLength(MAX_OUTPUT)
                .build());
        jinjava.getGlobalContext()
                .registerFunction(
                        new ELFunctionDefinition("", "raise_exception", ChatTemplate.class, "raise", String.class));
    }

    /**
     * The template in {@code chat_template.jinja} or {@code tokenizer_config.json}; null when there is none.
     *
     * @throws PlimsollException {@code InvalidCheckpoint} when {@code tokenizer_config.json} is not JSON
     */
    public static @Nullable ChatTemplate open(Path checkpoint) {
        try {
            Path config = checkpoint.resolve("tokenizer_config.json");
            JsonNode json = Files.isRegularFile(config)
                    ? new ObjectMapper().readTree(Files.readString(config))
                    : new ObjectMapper().createObjectNode();
            Path file = checkpoint.resolve("chat_template.jinja");
            String template = Files.isRegularFile(file)
                    ? Files.readString(file, StandardCharsets.UTF_8)
                    : json.path("chat_template").textValue();
            return template == null ? null : new ChatTemplate(template, specialTokens(json));
        } catch (IOException e) {
            throw new PlimsollException(
                    Reason.InvalidCheckpoint, "tokenizer_config.json cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Text of a conversation, with the start of the answer at its end.
     *
     * @param messages each with {@code role} and {@code content}
     * @throws IllegalArgumentException with the template's own words when it refuses the messages
     */
    public String render(List<Map<String, String>> messages) {
        Map<String, Object> bindings = new HashMap<>(tokens);
        bindings.put("messages", messages);
        bindings.put("add_generation_prompt", true);
        try {
            return jinjava.render(template, bindings);
        } catch (FatalTemplateErrorsException e) {
            throw new IllegalArgumentException(
                    "the chat template refuses these messages: "
                            + e.getErrors().iterator().next().getMessage(),
                    e);
        }
    }

    /** {@code raise_exception} of templates. */
    @DoNotCall("for templates alone")
    public static String raise(String message) {
        throw new IllegalArgumentException(message);
    }

    private static Map<String, Object> specialTokens(JsonNode config) {
        Map<String, Object> tokens = new HashMap<>();
        for (String name : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
            JsonNode token = config.path(name);
            String text = token.isObject() ? token.path("content").asText("") : token.asText("");
            tokens.put(name, text);
        }
        return tokens;
    }
}
