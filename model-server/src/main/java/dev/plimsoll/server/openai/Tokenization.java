package dev.plimsoll.server.openai;

import java.io.InputStream;

/** Texts as tokens and back, for those who count or debug them; requests and answers as vLLM has them. */
public final class Tokenization {
    private Tokenization() {}

    /**
     * Tokens of a text.
     *
     * @throws ApiException naming the field that is wrong
     */
    public static Answers.Tokens tokenize(Served served, InputStream body) {
        TokenizeRequest request = RequestReader.tokenize(body);
        served.check(request.model());
        int[] ids = served.ids("prompt", new Input.Text(request.prompt()), request.addSpecialTokens());
        return new Answers.Tokens(ids.length, served.maxSequenceTokens(), ids);
    }

    /**
     * The text of tokens.
     *
     * @throws ApiException naming the field that is wrong
     */
    public static Answers.DetokenizedText detokenize(Served served, InputStream body) {
        DetokenizeRequest request = RequestReader.detokenize(body);
        served.check(request.model());
        if (served.tokenizer() == null) {
            throw ApiException.invalid("tokens", "the checkpoint has no tokenizer.json");
        }
        int[] ids = served.checked("tokens", request.tokens());
        return new Answers.DetokenizedText(served.text(new Input.Ids(ids)));
    }
}
