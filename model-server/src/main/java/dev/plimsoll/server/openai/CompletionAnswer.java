package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.openai.Answers.Choice;
import dev.plimsoll.server.openai.Answers.TextLogprobs;
import dev.plimsoll.server.openai.Answers.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a completion, whole or as a stream. */
final class CompletionAnswer implements GenerationAnswer {
    private static final String OBJECT = "text_completion";

    private final CompletionRequest request;
    private final AnswerHead head;
    private final List<Prompt> prompts;
    private final @Nullable TokenTexts texts;
    private final AnswerSink sink;
    private final List<Open> choices = new ArrayList<>();
    private int missing;

    /**
     * A prompt that was tokenized.
     *
     * @param text of an echo
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Prompt(int[] ids, String text) {}

    private static final class Open {
        private final ChoiceText text;
        private final StringBuilder whole = new StringBuilder();
        private final List<GeneratedToken> prompt = new ArrayList<>();
        private final List<GeneratedToken> tokens = new ArrayList<>();
        private boolean begun;
        private int offset;
        private @Nullable String finish;

        Open(ChoiceText text) {
            this.text = text;
        }
    }

    /**
     * An answer without tokens.
     *
     * @param texts of each choice, n of each prompt
     * @param tokens null when there is no tokenizer
     */
    CompletionAnswer(
            CompletionRequest request,
            AnswerHead head,
            List<Prompt> prompts,
            List<ChoiceText> texts,
            @Nullable TokenTexts tokens,
            AnswerSink sink) {
        this.request = request;
        this.head = head;
        this.prompts = prompts;
        this.texts = tokens;
        this.sink = sink;
        texts.forEach(text -> choices.add(new Open(text)));
        this.missing = choices.size();
    }

    @Override
    public void promptToken(int choice, GeneratedToken token) {
        choices.get(choice).prompt.add(token);
        sink.keeps(KeptBytes.of(token));
    }

    @Override
    public boolean token(int choice, GeneratedToken token) {
        Open open = choices.get(choice);
        if (isEchoAlone()) {
            return true;
        }
        if (open.text.isStopped()) {
            return false;
        }
        take(choice, open, open.text.add(token), null);
        return !open.text.isStopped();
    }

    @Override
    public void finished(int choice, FinishReason reason, @Nullable GeneratedToken endToken) {
        Open open = choices.get(choice);
        open.finish = isEchoAlone() ? "length" : open.text.finish(reason);
        take(choice, open, open.text.end(isEchoAlone() ? null : endToken), open.finish);
        missing--;
        if (missing == 0 && request.generation().stream()) {
            if (request.generation().includeUsage()) {
                sink.chunk(head.chunk(OBJECT, List.of(), true, usage()));
            }
            sink.end();
        } else if (missing == 0) {
            sink.whole(head.whole(OBJECT, wholes(), usage()));
        }
    }

    @Override
    public void failed(Exception cause) {
        sink.failed(cause);
    }

    private void take(int choice, Open open, ChoiceText.Piece piece, @Nullable String finish) {
        if (!request.generation().stream()) {
            open.whole.append(piece.text());
            sink.keeps(KeptBytes.of(piece.text()));
            if (request.generation().returnTokenIds() || request.logprobs() >= 0 || texts == null) {
                open.tokens.addAll(piece.tokens());
                piece.tokens().forEach(token -> sink.keeps(KeptBytes.of(token)));
            }
        } else if (!piece.text().isEmpty() || !piece.tokens().isEmpty() || finish != null) {
            String text = open.begun ? piece.text() : echo(choice) + piece.text();
            int offset = open.begun ? open.offset : echo(choice).length();
            Choice chunk = choice(choice, text, piece.tokens(), offset, finish, !open.begun);
            open.begun = true;
            open.offset += text.length();
            sink.chunk(head.chunk(OBJECT, List.of(chunk), request.generation().includeUsage(), null));
        }
    }

    private List<Choice> wholes() {
        List<Choice> wholes = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            Open open = choices.get(i);
            wholes.add(choice(i, echo(i) + open.whole, open.tokens, echo(i).length(), open.finish, true));
        }
        return wholes;
    }

    private Choice choice(
            int index, String text, List<GeneratedToken> tokens, int offset, @Nullable String finish, boolean first) {
        boolean ids = request.generation().returnTokenIds() || texts == null;
        return new Choice(
                index,
                null,
                null,
                text,
                logprobs(index, tokens, offset, first),
                finish,
                ids ? tokens.stream().map(GeneratedToken::id).toList() : null,
                ids && first ? Arrays.stream(prompt(index).ids()).boxed().toList() : null);
    }

    private @Nullable TextLogprobs logprobs(int choice, List<GeneratedToken> tokens, int offset, boolean first) {
        if (request.logprobs() < 0 || texts == null) {
            return null;
        }
        return texts.completion(first ? echoed(choice) : List.of(), tokens, offset);
    }

    /** Tokens of an echo: of the first nothing is known, since it comes behind nothing. */
    private List<GeneratedToken> echoed(int choice) {
        if (!request.echo()) {
            return List.of();
        }
        List<GeneratedToken> echoed = new ArrayList<>();
        echoed.add(new GeneratedToken(prompt(choice).ids()[0], Float.NaN, List.of()));
        echoed.addAll(choices.get(choice).prompt);
        return echoed;
    }

    private boolean isEchoAlone() {
        return Integer.valueOf(0).equals(request.generation().maxTokens());
    }

    private String echo(int choice) {
        return request.echo() ? prompt(choice).text() : "";
    }

    private Prompt prompt(int choice) {
        return prompts.get(choice / request.generation().n());
    }

    private Usage usage() {
        return new Usage(
                prompts.stream().mapToInt(prompt -> prompt.ids().length).sum(),
                choices.stream().mapToInt(open -> open.text.tokens()).sum());
    }
}
