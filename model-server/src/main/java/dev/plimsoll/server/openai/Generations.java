package dev.plimsoll.server.openai;

import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.openai.tools.ToolCallReader;
import dev.plimsoll.server.tokenization.TextStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes sequences of requests: what is cheap is checked first, then prompts are rendered and tokenized. */
public final class Generations {
    private static final int COMPLETION_TOKENS = 16;

    private final Served served;
    private final Duration deadline;

    /**
     * For one model.
     *
     * @param deadline of an answer, from its submission
     */
    public Generations(Served served, Duration deadline) {
        this.served = served;
        this.deadline = deadline;
    }

    /**
     * A chat.
     *
     * @param client whose request it is
     * @throws ApiException naming the field that is wrong
     */
    public Prepared chat(ChatRequest request, String client) {
        check(request.generation(), request.logprobs());
        ChatPrompt prompt = ChatPrompt.of(served, request);
        int[] ids = prompt.ids();
        GenerationFields fields = request.generation();
        int maxTokens = maxTokens(fields, "messages", ids.length, Integer.MAX_VALUE);
        List<GenerationRequest> sequences = new ArrayList<>();
        for (int i = 0; i < fields.n(); i++) {
            sequences.add(sequence(fields, ids, maxTokens, i, request.logprobs(), client));
        }
        AnswerHead head = head("chatcmpl-");
        List<ChoiceText> texts = texts(fields, List.of(new int[0]));
        Supplier<ToolCallReader> readers = prompt.toolCalls();
        return new Prepared(
                sequences, ids.length, sink -> new ChatAnswer(request, head, ids, texts, readers, tokenTexts(), sink));
    }

    /**
     * A completion.
     *
     * @param client whose request it is
     * @throws ApiException naming the field that is wrong
     */
    public Prepared completion(CompletionRequest request, String client) {
        check(request.generation(), request.logprobs());
        GenerationFields fields = request.generation();
        List<CompletionAnswer.Prompt> prompts = new ArrayList<>();
        List<GenerationRequest> sequences = new ArrayList<>();
        int promptTokens = 0;
        for (Input input : request.prompts()) {
            int[] ids = served.ids("prompt", input, request.addSpecialTokens());
            int maxTokens = maxTokens(fields, "prompt", ids.length, COMPLETION_TOKENS);
            prompts.add(new CompletionAnswer.Prompt(ids, request.echo() ? served.text(input) : ""));
            promptTokens += ids.length;
            for (int i = 0; i < fields.n(); i++) {
                sequences.add(sequence(fields, ids, maxTokens, i, request.logprobs(), client));
            }
        }
        AnswerHead head = head("cmpl-");
        List<ChoiceText> texts =
                texts(fields, prompts.stream().map(CompletionAnswer.Prompt::ids).toList());
        return new Prepared(
                sequences,
                promptTokens,
                sink -> new CompletionAnswer(request, head, prompts, texts, tokenTexts(), sink));
    }

    private AnswerHead head(String prefix) {
        return new AnswerHead(prefix + UUID.randomUUID(), Instant.now().getEpochSecond(), served.name());
    }

    private void check(GenerationFields fields, int logprobs) {
        served.check(fields.model());
        fields.stopTokenIds().forEach(id -> served.checkId("stop_token_ids", id));
        fields.logitBias().keySet().forEach(id -> served.checkId("logit_bias", id));
        if (served.tokenizer() == null && !fields.stop().isEmpty()) {
            throw ApiException.invalid(
                    "stop", "the checkpoint has no tokenizer.json, so no stop strings: use stop_token_ids");
        }
        if (served.tokenizer() == null && logprobs >= 0) {
            throw ApiException.invalid("logprobs", "the checkpoint has no tokenizer.json to tell tokens by their text");
        }
        Integer asked = fields.maxTokens();
        if (asked != null && asked >= served.maxSequenceTokens()) {
            throw ApiException.contextLength(
                    "max_tokens",
                    "max_tokens is " + asked + ", but a sequence has room for " + served.maxSequenceTokens()
                            + " tokens alone, prompt included (serving.maxSequenceTokens)");
        }
    }

    /** Tokens that may be generated behind a prompt. */
    private int maxTokens(GenerationFields fields, String field, int promptTokens, int otherwise) {
        int room = served.maxSequenceTokens() - promptTokens;
        if (room < 1) {
            throw ApiException.contextLength(
                    field,
                    "the " + field + " has " + promptTokens + " tokens; together with the answer at most "
                            + served.maxSequenceTokens() + " are served (serving.maxSequenceTokens)");
        }
        Integer asked = fields.maxTokens();
        if (asked == null) {
            Integer usual = served.defaults().maxTokens();
            return Math.min(room, usual == null || otherwise < Integer.MAX_VALUE ? otherwise : usual);
        }
        if (asked > room) {
            throw ApiException.contextLength(
                    "max_tokens",
                    "max_tokens is " + asked + ", but behind this prompt there is room for " + room
                            + " tokens (serving.maxSequenceTokens)");
        }
        return asked;
    }

    private GenerationRequest sequence(
            GenerationFields fields, int[] prompt, int maxTokens, int choice, int logprobs, String client) {
        return new GenerationRequest(
                prompt,
                maxTokens,
                Math.min(fields.minTokens(), maxTokens),
                endIds(fields),
                sampling(fields, choice, logprobs),
                null,
                fields.priority(),
                client,
                deadline);
    }

    private Set<Integer> endIds(GenerationFields fields) {
        Set<Integer> ids = new HashSet<>(fields.stopTokenIds());
        if (!fields.ignoreEos()) {
            served.defaults().endIds().stream()
                    .filter(id -> id >= 0 && id < served.vocabulary())
                    .forEach(ids::add);
        }
        return ids;
    }

    /** What was not said is as the checkpoint's generation config says, else OpenAI's default. */
    private SamplingParameters sampling(GenerationFields fields, int choice, int logprobs) {
        GenerationDefaults defaults = served.defaults();
        Long seed = fields.seed();
        return new SamplingParameters(
                (float) first(fields.temperature(), defaults.temperature(), 1),
                (int) first(number(fields.topK()), number(defaults.topK()), 0),
                (float) Math.max(Float.MIN_NORMAL, first(fields.topP(), defaults.topP(), 1)),
                (float) first(fields.minP(), defaults.minP(), 0),
                (float) fields.presencePenalty(),
                (float) fields.frequencyPenalty(),
                (float) first(fields.repetitionPenalty(), defaults.repetitionPenalty(), 1),
                fields.logitBias(),
                seed == null ? ThreadLocalRandom.current().nextLong() : seed + choice,
                logprobs);
    }

    private static @Nullable Double number(@Nullable Integer value) {
        return value == null ? null : Double.valueOf(value);
    }

    private static double first(@Nullable Double said, @Nullable Double usual, double otherwise) {
        return said != null ? said : usual != null ? usual : otherwise;
    }

    /** Texts that go on behind prompts; behind an empty one they begin anew, as a chat's answer does. */
    private List<ChoiceText> texts(GenerationFields fields, List<int[]> prompts) {
        List<ChoiceText> texts = new ArrayList<>();
        for (int[] prompt : prompts) {
            for (int i = 0; i < fields.n(); i++) {
                texts.add(new ChoiceText(
                        served.tokenizer() == null
                                ? null
                                : TextStream.after(served.tokenizer(), prompt, fields.stop())));
            }
        }
        return texts;
    }

    private @Nullable TokenTexts tokenTexts() {
        return served.tokenizer() == null ? null : new TokenTexts(served.tokenizer());
    }
}
