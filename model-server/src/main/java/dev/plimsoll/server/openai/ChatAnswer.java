package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.openai.Answers.ChatLogprobs;
import dev.plimsoll.server.openai.Answers.Choice;
import dev.plimsoll.server.openai.Answers.Delta;
import dev.plimsoll.server.openai.Answers.Message;
import dev.plimsoll.server.openai.Answers.ToolCall;
import dev.plimsoll.server.openai.Answers.Usage;
import dev.plimsoll.server.openai.tools.ToolCallReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The answer to a chat, whole or as a stream; calls of tools are told apart from text as they come. */
final class ChatAnswer implements GenerationAnswer {
    private static final String WHOLE = "chat.completion";
    private static final String CHUNK = "chat.completion.chunk";

    private final ChatRequest request;
    private final AnswerHead head;
    private final int[] prompt;
    private final @Nullable TokenTexts texts;
    private final AnswerSink sink;
    private final List<Open> choices = new ArrayList<>();
    private int missing;

    private static final class Open {
        private final ChoiceText text;
        private final ToolCallReader reader;
        private final StringBuilder whole = new StringBuilder();
        private final List<ToolCall> calls = new ArrayList<>();
        private final List<GeneratedToken> tokens = new ArrayList<>();
        private boolean begun;
        private @Nullable String finish;

        Open(ChoiceText text, ToolCallReader reader) {
            this.text = text;
            this.reader = reader;
        }
    }

    /**
     * An answer without tokens.
     *
     * @param texts of each choice
     * @param readers makes what finds calls of tools in the text of one choice
     * @param tokens null when there is no tokenizer
     */
    ChatAnswer(
            ChatRequest request,
            AnswerHead head,
            int[] prompt,
            List<ChoiceText> texts,
            Supplier<ToolCallReader> readers,
            @Nullable TokenTexts tokens,
            AnswerSink sink) {
        this.request = request;
        this.head = head;
        this.prompt = prompt;
        this.texts = tokens;
        this.sink = sink;
        texts.forEach(text -> choices.add(new Open(text, readers.get())));
        this.missing = choices.size();
    }

    @Override
    public boolean token(int choice, GeneratedToken token) {
        Open open = choices.get(choice);
        if (isComplete(open)) {
            return false;
        }
        ChoiceText.Piece piece = open.text.add(token);
        take(choice, open, open.reader.add(piece.text()), piece.tokens(), null);
        return !isComplete(open);
    }

    private boolean isComplete(Open open) {
        return open.text.isStopped() || (!request.parallelToolCalls() && !open.calls.isEmpty());
    }

    @Override
    public void finished(int choice, FinishReason reason, @Nullable GeneratedToken endToken) {
        Open open = choices.get(choice);
        ChoiceText.Piece piece = open.text.end(endToken);
        List<ToolCallReader.Part> parts = new ArrayList<>(open.reader.add(piece.text()));
        parts.addAll(open.reader.end());
        boolean calls = !open.calls.isEmpty() || parts.stream().anyMatch(part -> part instanceof ToolCallReader.Call);
        boolean called = calls && !(request.toolChoice() instanceof ToolChoice.Named);
        open.finish = called ? "tool_calls" : open.text.finish(reason);
        take(choice, open, parts, piece.tokens(), open.finish);
        missing--;
        if (missing == 0 && request.generation().stream()) {
            if (request.generation().includeUsage()) {
                sink.chunk(head.chunk(CHUNK, List.of(), true, usage()));
            }
            sink.end();
        } else if (missing == 0) {
            sink.whole(head.whole(WHOLE, wholes(), usage()));
        }
    }

    @Override
    public void failed(Exception cause) {
        sink.failed(cause);
    }

    private void take(
            int choice,
            Open open,
            List<ToolCallReader.Part> parts,
            List<GeneratedToken> tokens,
            @Nullable String finish) {
        StringBuilder text = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        for (ToolCallReader.Part part : parts) {
            switch (part) {
                case ToolCallReader.Text(String piece) -> text.append(piece);
                case ToolCallReader.Call(String name, String arguments) -> {
                    if (request.parallelToolCalls() || open.calls.isEmpty()) {
                        ToolCall call = call(open.calls.size(), name, arguments);
                        open.calls.add(call);
                        calls.add(call);
                    }
                }
            }
        }
        if (!request.generation().stream()) {
            open.whole.append(text);
            sink.keeps(KeptBytes.of(text.toString()));
            calls.forEach(call -> sink.keeps(KeptBytes.of(call.function().arguments())));
            if (tellsTokens()) {
                open.tokens.addAll(tokens);
                tokens.forEach(token -> sink.keeps(KeptBytes.of(token)));
            }
        } else if (!text.isEmpty() || !calls.isEmpty() || finish != null || (!tokens.isEmpty() && tellsTokens())) {
            stream(choice, open, text.toString(), calls, tokens, finish);
        }
    }

    private ToolCall call(int index, String name, String arguments) {
        String id = "call_" + UUID.randomUUID().toString().replace("-", "");
        return new ToolCall(
                request.generation().stream() ? index : null, id, "function", new ToolCall.Function(name, arguments));
    }

    private void stream(
            int choice,
            Open open,
            String text,
            List<ToolCall> calls,
            List<GeneratedToken> tokens,
            @Nullable String finish) {
        boolean first = !open.begun;
        open.begun = true;
        Delta delta = new Delta(
                first ? "assistant" : null, first || !text.isEmpty() ? text : null, calls.isEmpty() ? null : calls);
        sink.chunk(head.chunk(
                CHUNK,
                List.of(choice(choice, null, delta, tokens, finish, first)),
                request.generation().includeUsage(),
                null));
    }

    private List<Choice> wholes() {
        List<Choice> wholes = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            Open open = choices.get(i);
            boolean calls = !open.calls.isEmpty();
            Message message = new Message(
                    "assistant",
                    calls && open.whole.toString().isBlank() ? null : open.whole.toString(),
                    calls ? open.calls : null);
            wholes.add(choice(i, message, null, open.tokens, open.finish, true));
        }
        return wholes;
    }

    private boolean tellsTokens() {
        return request.generation().returnTokenIds() || request.logprobs() >= 0 || texts == null;
    }

    private Choice choice(
            int index,
            @Nullable Message message,
            @Nullable Delta delta,
            List<GeneratedToken> tokens,
            @Nullable String finish,
            boolean first) {
        boolean ids = request.generation().returnTokenIds() || texts == null;
        return new Choice(
                index,
                message,
                delta,
                null,
                logprobs(tokens),
                finish,
                ids ? tokens.stream().map(GeneratedToken::id).toList() : null,
                ids && first ? Arrays.stream(prompt).boxed().toList() : null);
    }

    private @Nullable ChatLogprobs logprobs(List<GeneratedToken> tokens) {
        return request.logprobs() < 0 || texts == null ? null : texts.chat(tokens);
    }

    private Usage usage() {
        return new Usage(
                prompt.length,
                choices.stream().mapToInt(open -> open.text.tokens()).sum());
    }
}
