package dev.plimsoll.server.tokenization;

import dev.plimsoll.api.SpecialTokensInContent;
import dev.plimsoll.server.Background;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.CheckpointStore;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What makes token ids of a model's texts and conversations.
 *
 * @param tokenizer null when the checkpoint has none and is served by token ids alone
 * @param chats null when it has no tokenizer or no chat template
 */
public record Texts(@Nullable Tokenizer tokenizer, @Nullable ChatEncoder chats) {
    private static final Texts NONE = new Texts(null, null);

    /** A tokenizer's file on its way into memory, which its library has no part in. */
    public static final class Reading {
        private final Path folder;
        private final Background<Optional<TokenizerFile>> file;

        private Reading(Path folder) {
            this.folder = folder;
            this.file = Background.start(
                    "tokenizer-file", () -> Optional.ofNullable(Tokenizer.read(CheckpointStore.local(folder))));
        }
    }

    /** Begins to read the tokenizer of a checkpoint. */
    public static Reading read(Path folder) {
        return new Reading(folder);
    }

    /**
     * Gives the file to the library; where it is needed twice, with added tokens and without, both at the same time.
     *
     * @throws PlimsollException {@code InvalidCheckpoint} when {@code tokenizer.json} cannot be used
     */
    public static Texts open(Reading reading, SpecialTokensInContent content) {
        Path folder = reading.folder;
        TokenizerFile file = reading.file.await().orElse(null);
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
