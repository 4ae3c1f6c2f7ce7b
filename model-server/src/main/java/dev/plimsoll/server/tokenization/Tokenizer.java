package dev.plimsoll.server.tokenization;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.runtime.DjlStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A checkpoint's {@code tokenizer.json}. Safe for use by several threads. */
public final class Tokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;

    private Tokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * The tokenizer of a checkpoint; null when it has none and is served by token ids alone.
     *
     * @throws PlimsollException {@code InvalidCheckpoint} when {@code tokenizer.json} cannot be used
     */
    public static @Nullable Tokenizer open(Path checkpoint) {
        Path file = checkpoint.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            return null;
        }
        DjlStart.withoutGpuLookUp();
        try {
            return new Tokenizer(HuggingFaceTokenizer.newInstance(
                    file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false")));
        } catch (IOException | RuntimeException e) {
            throw new PlimsollException(
                    Reason.InvalidCheckpoint,
                    "tokenizer.json cannot be used: " + e.getMessage() + "; download the checkpoint again",
                    e);
        }
    }

    /**
     * Token ids of a text; special tokens in it are recognised.
     *
     * @param addSpecial whether to add those that the tokenizer puts around a text, such as a first token
     */
    public int[] encode(String text, boolean addSpecial) {
        long[] ids = tokenizer.encode(text, addSpecial, false).getIds();
        int[] result = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            result[i] = Math.toIntExact(ids[i]);
        }
        return result;
    }

    /** Text of token ids, special tokens left out. */
    public String text(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /** Text of one token, also of a special one. */
    public String tokenText(int id) {
        return tokenizer.decode(new long[] {id}, false);
    }

    /** Text of token ids, special tokens left out. */
    String decode(List<Integer> ids) {
        return tokenizer.decode(ids.stream().mapToLong(Integer::longValue).toArray(), true);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
