package dev.plimsoll.server.http;

import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.TokenListener;
import dev.plimsoll.server.http.Answers.Choice;
import dev.plimsoll.server.http.Answers.Completion;
import dev.plimsoll.server.http.Answers.Message;
import dev.plimsoll.server.http.Answers.Usage;
import dev.plimsoll.server.tokenization.TextStream;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns the tokens of one sequence into an answer, whole or as a stream. Called by the scheduler's thread. */
final class CompletionAnswer implements TokenListener {
    /** Where an answer goes. */
    interface Sink {
        /** A part of a stream. */
        void part(Completion part);

        /** The whole answer, or the end of a stream. */
        void end(Completion whole);

        void failed(Exception cause);
    }

    private final CompletionRequest request;
    private final @Nullable TextStream text;
    private final Sink sink;
    private final Consumer<Integer> counter;
    private final String id;
    private final String model;
    private final long created = System.currentTimeMillis() / 1000;
    private final StringBuilder whole = new StringBuilder();
    private final List<Integer> ids = new ArrayList<>();
    private boolean begun;

    CompletionAnswer(
            CompletionRequest request,
            String model,
            @Nullable Tokenizer tokenizer,
            Sink sink,
            Consumer<Integer> counter) {
        this.request = request;
        this.model = model;
        this.text = tokenizer == null ? null : new TextStream(tokenizer, request.stops());
        this.sink = sink;
        this.counter = counter;
        this.id = (request.chat() ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
    }

    @Override
    public boolean token(GeneratedToken generated) {
        int token = generated.id();
        ids.add(token);
        counter.accept(ids.size());
        String piece = text == null ? "" : text.add(token);
        whole.append(piece);
        if (request.stream() && (!piece.isEmpty() || request.returnTokenIds())) {
            sink.part(part(piece, List.of(token), null));
        }
        return text == null || !text.isStopped();
    }

    @Override
    public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
        List<Integer> last = endToken == null ? List.of() : List.of(endToken.id());
        last.forEach(token -> {
            ids.add(token);
            counter.accept(ids.size());
        });
        String rest = text == null ? "" : text.end();
        whole.append(rest);
        boolean stopped = text != null && text.isStopped();
        String finish = stopped || reason == FinishReason.STOP ? "stop" : "length";
        if (request.stream()) {
            sink.part(part(rest, last, finish));
            sink.end(completion(List.of(), request.includeUsage() ? usage() : null, true));
        } else {
            sink.end(completion(List.of(choice(whole.toString(), ids, finish)), usage(), false));
        }
    }

    @Override
    public void failed(Exception cause) {
        sink.failed(cause);
    }

    private Usage usage() {
        return new Usage(request.prompt().length, ids.size());
    }

    private Completion part(String piece, List<Integer> tokens, @Nullable String finish) {
        return completion(List.of(choice(piece, tokens, finish)), null, true);
    }

    private Choice choice(String piece, List<Integer> tokens, @Nullable String finish) {
        boolean first = !begun;
        begun = true;
        Message message = new Message(request.stream() && !first ? null : "assistant", piece);
        return new Choice(
                0,
                request.chat() && !request.stream() ? message : null,
                request.chat() && request.stream() ? message : null,
                request.chat() ? null : piece,
                finish,
                request.returnTokenIds() ? List.copyOf(tokens) : null,
                request.returnTokenIds() && first
                        ? Arrays.stream(request.prompt()).boxed().toList()
                        : null);
    }

    private Completion completion(List<Choice> choices, @Nullable Usage usage, boolean chunk) {
        String object = request.chat() ? chunk ? "chat.completion.chunk" : "chat.completion" : "text_completion";
        return new Completion(id, object, created, model, choices, usage);
    }
}
