package dev.plimsoll.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.server.templates.TemplateException;
import dev.plimsoll.server.tokenization.ChatInput;
import dev.plimsoll.server.tokenization.ChatTemplate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Conversations in JSON, rendered one by one. */
final class RenderRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_COMPILED = 1000;

    private final @Nullable ChatTemplate own;
    private final Map<String, ChatTemplate> compiled = new HashMap<>();
    private LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());

    /**
     * Renders with the templates that requests bring.
     *
     * @param own of the checkpoint, for requests that bring none; null without one
     */
    RenderRequests(@Nullable ChatTemplate own) {
        this.own = own;
    }

    /** Answers each line of a file with a line. */
    void answer(String file, PrintWriter out) throws IOException {
        try (BufferedReader lines = new BufferedReader(open(file))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    out.println(JSON.writeValueAsString(answer(line)));
                }
            }
        }
        out.flush();
    }

    private ObjectNode answer(String line) {
        ObjectNode answer = JSON.createObjectNode();
        try {
            JsonNode request = JSON.readTree(line);
            return answer.put("text", template(request).render(input(request, false)));
        } catch (JsonProcessingException e) {
            return answer.put("error", "not JSON: " + e.getOriginalMessage());
        } catch (TemplateException | IllegalArgumentException | DateTimeException e) {
            return answer.put("error", e.getMessage());
        }
    }

    private ChatTemplate template(JsonNode request) {
        JsonNode time = request.path("now");
        now = time.isTextual() ? time(time.textValue()) : LocalDateTime.now(ZoneId.systemDefault());
        JsonNode source = request.path("template");
        if (source.isTextual()) {
            if (compiled.size() >= MAX_COMPILED) {
                compiled.clear();
            }
            return compiled.computeIfAbsent(source.textValue(), text -> ChatTemplate.of(text, Map.of(), () -> now));
        }
        if (own == null) {
            throw new IllegalArgumentException("the request has no template, and there is no --model DIR");
        }
        return own;
    }

    private static LocalDateTime time(String text) {
        return text.length() == 10
                ? LocalDateTime.parse(text + "T00:00:00")
                : LocalDateTime.parse(text.replace("Z", ""));
    }

    /**
     * A conversation in a file.
     *
     * @throws IllegalArgumentException when it is none
     */
    static ChatInput conversation(String file) throws IOException {
        try (Reader reader = open(file)) {
            JsonNode json = JSON.readTree(reader);
            return input(json.isArray() ? JSON.createObjectNode().set("messages", json) : json, true);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the conversation is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static ChatInput input(JsonNode request, boolean prompts) {
        List<Map<String, Object>> messages = maps(request.path("messages"));
        if (messages == null) {
            throw new IllegalArgumentException("messages must be a list of objects");
        }
        Map<String, Object> variables = request.path("variables").isObject()
                ? JSON.convertValue(request.path("variables"), new TypeReference<>() {})
                : new HashMap<>();
        boolean continues = flag("continue_final_message", request, variables, false);
        boolean prompt = flag("add_generation_prompt", request, variables, prompts && !continues);
        List<Map<String, Object>> tools = list("tools", request, variables);
        return new ChatInput(messages, tools, list("documents", request, variables), variables, prompt, continues);
    }

    private static boolean flag(String name, JsonNode request, Map<String, Object> variables, boolean otherwise) {
        Object among = variables.remove(name);
        JsonNode given = among instanceof Boolean is ? JSON.getNodeFactory().booleanNode(is) : request.path(name);
        return given.asBoolean(otherwise);
    }

    private static @Nullable List<Map<String, Object>> list(
            String name, JsonNode request, Map<String, Object> variables) {
        Object among = variables.remove(name);
        return maps(among == null ? request.path(name) : JSON.valueToTree(among));
    }

    private static @Nullable List<Map<String, Object>> maps(JsonNode node) {
        boolean objects = node.isArray() && node.valueStream().allMatch(JsonNode::isObject);
        return objects ? JSON.convertValue(node, new TypeReference<>() {}) : null;
    }

    private static Reader open(String file) throws IOException {
        return file.equals("-")
                ? new InputStreamReader(System.in, StandardCharsets.UTF_8)
                : Files.newBufferedReader(Path.of(file));
    }
}
