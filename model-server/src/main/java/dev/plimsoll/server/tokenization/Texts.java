package dev.plimsoll.server.tokenization;

import dev.plimsoll.api.SpecialTokensInContent;
import dev.plimsoll.server.Background;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.CheckpointStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What makes token ids of a model's texts and conversations.
 *
 * @param tokenizer null when the checkpoint has none and is served by token ids alone
 * @param chats null when it has no tokenizer or no chat template
 */
public record Texts(@Nullable Tokenizer tokenizer, @Nullable ChatEncoder chats) {
    private static final Texts NONE = new Texts(null, null);

    /**
     * Reads the tokenizer's file once; where the library needs it twice, with added tokens and without, it takes both at
     * the same time.
     *
     * @throws PlimsollException {@code InvalidCheckpoint} when {@code tokenizer.json} cannot be used
     */
    public static Texts open(Path folder, SpecialTokensInContent content) {
        TokenizerFile file = Tokenizer.read(CheckpointStore.local(folder));
        if (file == null) {
            return NONE;
        }
        ChatTemplate template = ChatTemplate.open(folder);
        if (template == null || !content.equals(SpecialTokensInContent.Literal)) {
            Tokenizer tokenizer = Tokenizer.of(file, true);
            return new Texts(tokenizer, template == null ? null : ChatEncoder.of(template, tokenizer));
        }
        var literal = Background.start("tokenizer-literal", () -> Tokenizer.of(file, false));
        Tokenizer tokenizer;
        try {
            tokenizer = Tokenizer.of(file, true);
        } finally {
            literal.join();
        }
        return new Texts(tokenizer, ChatEncoder.of(template, tokenizer, literal.await()));
    }
}
