package dev.plimsoll.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.lifecycle.ModelServer;
import dev.plimsoll.server.templates.TemplateException;
import dev.plimsoll.server.tokenization.ChatInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A completion or chat completion that was checked.
 *
 * @param stops strings that end the text
 * @param returnTokenIds whether token ids are part of the answer
 * @param includeUsage whether a stream ends with usage counts
 */
record CompletionRequest(
        boolean chat,
        GenerationRequest generation,
        List<String> stops,
        boolean stream,
        boolean includeUsage,
        boolean returnTokenIds) {
    private static final int MAX_STOPS = 16;
    private static final int MAX_MESSAGES = 4096;
    private static final Duration DEADLINE = Duration.ofHours(1);

    /**
     * Checks a request.
     *
     * @param defaultEndIds end tokens of the checkpoint
     * @param client whose request it is
     * @throws ApiException naming the field that is wrong
     */
    static CompletionRequest parse(
            boolean chat, JsonNode body, ModelServer server, Set<Integer> defaultEndIds, String client) {
        RequestFields fields = new RequestFields(body);
        fields.checkModel(server.settings().servedName());
        refuseUnimplemented(fields);
        int[] prompt = chat ? chatPrompt(fields, server) : prompt(fields, server);
        int room = server.plan().maxSequenceTokens() - prompt.length;
        if (room < 1) {
            throw ApiException.contextLength("the prompt has " + prompt.length + " tokens; together with the completion"
                    + " at most " + server.plan().maxSequenceTokens() + " are served (serving.maxSequenceTokens)");
        }
        boolean noText = server.tokenizer() == null;
        List<String> stops = fields.texts("stop", MAX_STOPS);
        if (noText && !stops.isEmpty()) {
            throw ApiException.invalid(
                    "stop", "the checkpoint has no tokenizer.json, so no stop strings: use token ids");
        }
        return new CompletionRequest(
                chat,
                new GenerationRequest(
                        prompt,
                        maxTokens(fields, chat, room),
                        0,
                        endIds(fields, fields.flag("ignore_eos") ? Set.of() : defaultEndIds),
                        sampling(fields),
                        null,
                        0,
                        client,
                        DEADLINE),
                stops,
                fields.flag("stream"),
                new StreamOptions(fields).includeUsage(),
                fields.flag("return_token_ids") || noText);
    }

    private record StreamOptions(RequestFields fields) {
        boolean includeUsage() {
            JsonNode options = fields.get("stream_options");
            return options.isObject() && new RequestFields(options).flag("include_usage");
        }
    }

    private static void refuseUnimplemented(RequestFields fields) {
        fields.requireNeutral("n", "1");
        fields.requireNeutral("best_of", "1");
        fields.requireNeutral("echo", "false");
        fields.requireNeutral("logprobs", "false", "0");
        fields.requireNeutral("top_logprobs", "0");
        fields.requireNeutral("logit_bias", "{}");
        fields.requireNeutral("presence_penalty", "0", "0.0");
        fields.requireNeutral("frequency_penalty", "0", "0.0");
        fields.requireNeutral("repetition_penalty", "1", "1.0");
        fields.requireNeutral("top_k", "-1", "0");
        fields.requireNeutral("min_p", "0", "0.0");
        fields.requireNeutral("tools", "[]");
        fields.requireNeutral("functions", "[]");
        fields.requireNeutral("suffix");
        fields.requireNeutral("response_format", "{\"type\":\"text\"}");
        fields.requireNeutral("audio");
        fields.requireNeutral("modalities", "[\"text\"]");
    }

    private static int[] chatPrompt(RequestFields fields, ModelServer server) {
        var template = server.chatTemplate();
        var tokenizer = server.tokenizer();
        if (template == null || tokenizer == null) {
            throw ApiException.invalid(
                    "messages", "the checkpoint has no chat template: use /v1/completions with a prompt");
        }
        JsonNode list = fields.get("messages");
        if (!list.isArray() || list.isEmpty() || list.size() > MAX_MESSAGES) {
            throw ApiException.invalid("messages", "messages must be a list of 1 to " + MAX_MESSAGES + " messages");
        }
        List<Map<String, String>> messages = new ArrayList<>();
        list.forEach(message -> messages.add(message(message)));
        try {
            return new TokenInput(
                            "messages", tokenizer, server.architecture().shape().vocabulary())
                    .checked(tokenizer.encode(template.render(ChatInput.of(messages)), false));
        } catch (TemplateException e) {
            throw ApiException.invalid("messages", "the chat template refuses these messages: " + e.getMessage());
        }
    }

    private static Map<String, String> message(JsonNode message) {
        JsonNode role = message.path("role");
        if (!role.isTextual()) {
            throw ApiException.invalid("messages", "each message must have a role, such as user");
        }
        return Map.of("role", role.textValue(), "content", content(message.path("content")));
    }

    /** A text, or a list of parts that are text. */
    private static String content(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        if (!content.isArray()) {
            throw ApiException.invalid("messages", "each message must have a content that is text");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                throw ApiException.invalid("messages", "only parts of type text are implemented");
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }

    private static int[] prompt(RequestFields fields, ModelServer server) {
        JsonNode prompt = fields.get("prompt");
        if (prompt.isArray()
                && prompt.size() == 1
                && (prompt.get(0).isArray() || prompt.get(0).isTextual())) {
            prompt = prompt.get(0);
        }
        return new TokenInput(
                        "prompt",
                        server.tokenizer(),
                        server.architecture().shape().vocabulary())
                .ids(prompt);
    }

    private static int maxTokens(RequestFields fields, boolean chat, int room) {
        String name = chat && fields.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
        Long asked = fields.integer(name, 1);
        if (asked == null) {
            return chat ? room : Math.min(room, 16);
        }
        if (asked > room) {
            throw ApiException.contextLength(name + " is " + asked + ", but behind this prompt there is room for "
                    + room + " tokens (serving.maxSequenceTokens)");
        }
        return asked.intValue();
    }

    int[] prompt() {
        return generation.prompt();
    }

    private static SamplingParameters sampling(RequestFields fields) {
        return new SamplingParameters(
                (float) fields.number("temperature", 1, 0, 2),
                0,
                (float) Math.max(Float.MIN_NORMAL, fields.number("top_p", 1, 0, 1)),
                0,
                0,
                0,
                1,
                Map.of(),
                seed(fields),
                -1);
    }

    private static long seed(RequestFields fields) {
        Long seed = fields.integer("seed", Long.MIN_VALUE);
        return seed == null ? ThreadLocalRandom.current().nextLong() : seed;
    }

    private static Set<Integer> endIds(RequestFields fields, Set<Integer> defaults) {
        Set<Integer> ids = new HashSet<>(defaults);
        JsonNode more = fields.get("stop_token_ids");
        if (fields.has("stop_token_ids")) {
            if (!more.isArray() || !more.valueStream().allMatch(JsonNode::isInt)) {
                throw ApiException.invalid("stop_token_ids", "stop_token_ids must be a list of token ids");
            }
            more.forEach(id -> ids.add(id.intValue()));
        }
        return ids;
    }
}
