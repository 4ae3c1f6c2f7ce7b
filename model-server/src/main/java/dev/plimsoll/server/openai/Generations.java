package dev.plimsoll.server.openai;

import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.generation.SequenceConstraint;
import dev.plimsoll.server.grammar.GrammarException;
import dev.plimsoll.server.grammar.Vocabulary;
import dev.plimsoll.server.openai.structured.Constraints;
import dev.plimsoll.server.openai.tools.ToolCallReader;
import dev.plimsoll.server.openai.tools.ToolFormat;
import dev.plimsoll.server.tokenization.TextStream;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes sequences of requests: what is cheap is checked first, then prompts are rendered and tokenized. */
public final class Generations implements AutoCloseable {
    private static final int COMPLETION_TOKENS = 16;

    private final Served served;
    private final Duration deadline;
    private final Constraints constraints;

    /**
     * For one model.
     *
     * @param deadline of an answer, from its submission
     */
    public Generations(Served served, Duration deadline) {
        this.served = served;
        this.deadline = deadline;
        this.constraints = new Constraints(this::vocabulary);
    }

    private Vocabulary vocabulary() {
        Tokenizer tokenizer = Objects.requireNonNull(served.tokenizer());
        BitSet markers = new BitSet();
        for (ToolFormat format : ToolFormat.values()) {
            tokenizer.specialToken(format.marker()).ifPresent(markers::set);
        }
        return Vocabulary.of(
                served.vocabulary(),
                id -> markers.get(id) ? tokenizer.tokenText(id).getBytes(StandardCharsets.UTF_8) : tokenizer.bytes(id));
    }

    @Override
    public void close() {
        constraints.close();
    }

    /**
     * A chat.
     *
     * @param caller whose request it is
     * @throws ApiException naming the field that is wrong
     */
    public Prepared chat(ChatRequest request, Caller caller) {
        check(request.generation(), request.logprobs());
        ChatPrompt prompt = ChatPrompt.of(served, request);
        int maxTokens = maxTokens(request.generation(), "messages", prompt.ids().length, Integer.MAX_VALUE);
        AnswerShape shape = AnswerShape.of(request, prompt.tools());
        if (shape == null) {
            return chat(request, prompt, maxTokens, null, caller);
        }
        Constraints.Lease lease = shape.lease(constraints);
        try {
            return chat(request, prompt, maxTokens, lease, caller);
        } catch (GrammarException e) {
            lease.close();
            throw ApiException.invalid(shape.field(), shape.field() + ": " + e.getMessage());
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    private Prepared chat(
            ChatRequest request, ChatPrompt prompt, int maxTokens, Constraints.@Nullable Lease lease, Caller caller) {
        GenerationFields fields = request.generation();
        int[] ids = prompt.ids();
        List<GenerationRequest> sequences = new ArrayList<>();
        for (int i = 0; i < fields.n(); i++) {
            SequenceConstraint constraint =
                    lease == null ? null : lease.begin(endIds(fields), caller.client(), caller.request());
            sequences.add(sequence(fields, ids, maxTokens, i, request.logprobs(), -1, constraint, caller));
        }
        AnswerHead head = head("chatcmpl-");
        List<ChoiceText> texts = texts(fields, List.of(new int[0]), shown(prompt.tools()));
        Supplier<ToolCallReader> readers = prompt.toolCalls();
        return new Prepared(
                sequences,
                ids.length,
                sink -> new ChatAnswer(request, head, ids, texts, readers, tokenTexts(), sink),
                lease == null ? () -> {} : lease::close);
    }

    /** Special tokens that are text where the model calls tools: they begin calls. */
    private Set<Integer> shown(@Nullable ToolFormat tools) {
        return tools == null || served.tokenizer() == null
                ? Set.of()
                : served.tokenizer().specialToken(tools.marker()).stream()
                        .boxed()
                        .collect(Collectors.toSet());
    }

    /**
     * A completion.
     *
     * @param caller whose request it is
     * @throws ApiException naming the field that is wrong
     */
    public Prepared completion(CompletionRequest request, Caller caller) {
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
                sequences.add(sequence(
                        fields,
                        ids,
                        maxTokens,
                        i,
                        request.logprobs(),
                        request.echo() ? request.logprobs() : -1,
                        null,
                        caller));
            }
        }
        AnswerHead head = head("cmpl-");
        List<ChoiceText> texts =
                texts(fields, prompts.stream().map(CompletionAnswer.Prompt::ids).toList(), Set.of());
        return new Prepared(
                sequences,
                promptTokens,
                sink -> new CompletionAnswer(request, head, prompts, texts, tokenTexts(), sink),
                () -> {});
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

    /** Tokens to generate behind a prompt: one at least, which nobody is told of where none was asked for. */
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
        return Math.max(1, asked);
    }

    private GenerationRequest sequence(
            GenerationFields fields,
            int[] prompt,
            int maxTokens,
            int choice,
            int logprobs,
            int promptLogprobs,
            @Nullable SequenceConstraint constraint,
            Caller caller) {
        return new GenerationRequest(
                prompt,
                maxTokens,
                Math.min(fields.minTokens(), maxTokens),
                endIds(fields),
                sampling(fields, choice, logprobs),
                promptLogprobs,
                constraint,
                fields.priority(),
                caller.client(),
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
    private List<ChoiceText> texts(GenerationFields fields, List<int[]> prompts, Set<Integer> shown) {
        List<ChoiceText> texts = new ArrayList<>();
        for (int[] prompt : prompts) {
            for (int i = 0; i < fields.n(); i++) {
                texts.add(new ChoiceText(
                        served.tokenizer() == null
                                ? null
                                : TextStream.after(served.tokenizer(), prompt, fields.stop(), shown)));
            }
        }
        return texts;
    }

    private @Nullable TokenTexts tokenTexts() {
        return served.tokenizer() == null ? null : new TokenTexts(served.tokenizer());
    }
}
