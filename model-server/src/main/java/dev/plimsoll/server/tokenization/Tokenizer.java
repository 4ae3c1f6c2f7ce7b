package dev.plimsoll.server.tokenization;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.CheckpointStore;
import dev.plimsoll.server.runtime.torch.DjlStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's {@code tokenizer.json}. Safe for use by several threads.
 *
 * <p>The library encodes outside of the heap, and ends the process where it cannot get memory. So a text that cannot fit
 * is refused before it is encoded, a long one is counted in pieces first, texts that are encoded at the same time are
 * bounded together, and of an encoding nothing but ids comes back: no object for each token.
 */
public final class Tokenizer implements AutoCloseable {
    /** Characters that are encoded at the same time; each may be a token of some hundred bytes. */
    private static final int CHARACTERS_AT_ONCE = 1 << 18;

    /** Characters of a piece that is counted; as a rule some ten thousand tokens. */
    private static final int PIECE = 1 << 16;

    /** Tokens by which a cut may change the count. */
    private static final int TOKENS_A_CUT = 64;

    private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;

    private final long handle;
    private final TokenizerFile file;
    private final Semaphore characters = new Semaphore(CHARACTERS_AT_ONCE, true);
    private boolean closed;

    private Tokenizer(long handle, TokenizerFile file) {
        this.handle = handle;
        this.file = file;
    }

    /**
     * The tokenizer of a checkpoint; null when it has none and is served by token ids alone.
     *
     * @throws PlimsollException {@code InvalidCheckpoint} when {@code tokenizer.json} cannot be used
     */
    public static @Nullable Tokenizer open(Path checkpoint) {
        return open(CheckpointStore.local(checkpoint), true);
    }

    /**
     * The tokenizer of a checkpoint.
     *
     * @param withAdded whether added tokens, special ones among them, are recognised in a text; without, they are text
     */
    static @Nullable Tokenizer open(CheckpointStore checkpoint, boolean withAdded) {
        TokenizerFile file = read(checkpoint);
        return file == null ? null : of(file, withAdded);
    }

    static @Nullable TokenizerFile read(CheckpointStore checkpoint) {
        try {
            return TokenizerFile.read(checkpoint);
        } catch (PlimsollException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unusable(e);
        }
    }

    static Tokenizer of(TokenizerFile file, boolean withAdded) {
        try {
            DjlStart.withoutGpuLookUp();
            LibUtils.checkStatus();
            long handle = LIBRARY.createTokenizerFromString(withAdded ? file.json() : file.jsonWithoutAdded());
            if (handle == 0) {
                throw new IOException("the library refuses it");
            }
            LIBRARY.disablePadding(handle);
            LIBRARY.disableTruncation(handle);
            return new Tokenizer(handle, file.withoutJson());
        } catch (IOException | RuntimeException e) {
            throw unusable(e);
        }
    }

    private static PlimsollException unusable(Exception e) {
        return new PlimsollException(
                Reason.InvalidCheckpoint,
                "tokenizer.json cannot be used: " + e.getMessage() + "; download the checkpoint again",
                e);
    }

    /** Every id that comes of a text is below: more than the model's rows where a fine-tune added tokens alone. */
    public int vocabulary() {
        return file.vocabulary();
    }

    /**
     * The bytes that a token is in a text; null where it is no part of one, as special tokens are, or where it cannot be
     * known of this kind of tokenizer. The bytes of an answer's tokens are its text in UTF-8; only a space before its
     * first word may be missing there.
     */
    public byte @Nullable [] bytes(int id) {
        return isSpecial(id) ? null : file.tokens().of(id, file.writing(), file.bytes());
    }

    /** The special token whose content this is; empty when none has it. */
    public OptionalInt specialToken(String content) {
        int[] ids = file.added().contains(content) ? encode(content, false, 8) : new int[0];
        return ids.length == 1 && isSpecial(ids[0]) ? OptionalInt.of(ids[0]) : OptionalInt.empty();
    }

    /** Contents of the added tokens, special ones among them. */
    Set<String> added() {
        return file.added();
    }

    /** Whether a token is no part of a text. */
    boolean isSpecial(int id) {
        return file.special().get(id);
    }

    /** Whether a token stands for one byte, which with its neighbours makes a character. */
    boolean isByte(int id) {
        return file.bytes().get(id);
    }

    /**
     * Token ids of a text; special tokens in it are recognised.
     *
     * @param addSpecial whether to add those that the tokenizer puts around a text, such as a first token
     * @param maxTokens how many there may be
     * @throws TextTooLong when there are more
     */
    public int[] encode(String text, boolean addSpecial, int maxTokens) {
        if (text.length() > (long) maxTokens * file.longest()) {
            throw new TextTooLong(text.length() + " characters", maxTokens);
        }
        String valid = withoutHalves(text);
        if (valid.length() > Math.max(PIECE, 4L * maxTokens)) {
            refuseIfCertain(valid, maxTokens);
        }
        int[] ids = encodeWithin(valid, addSpecial);
        if (ids.length > maxTokens) {
            throw new TextTooLong(ids.length + " tokens", maxTokens);
        }
        return ids;
    }

    /** Counts piece by piece, so that a text of millions of tokens is refused before all of them are made. */
    private void refuseIfCertain(String text, int maxTokens) {
        long tokens = 0;
        for (int begin = 0; begin < text.length(); ) {
            int end = Math.min(text.length(), begin + PIECE);
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                end--;
            }
            tokens += encodeWithin(text.substring(begin, end), false).length - TOKENS_A_CUT;
            if (tokens > maxTokens) {
                throw new TextTooLong("more than " + tokens + " tokens", maxTokens);
            }
            begin = end;
        }
    }

    private int[] encodeWithin(String text, boolean addSpecial) {
        int permits = Math.min(CHARACTERS_AT_ONCE, text.length() + 1);
        characters.acquireUninterruptibly(permits);
        try {
            long encoding = LIBRARY.encode(handle, text, addSpecial);
            try {
                return ints(LIBRARY.getTokenIds(encoding));
            } finally {
                LIBRARY.deleteEncoding(encoding);
            }
        } finally {
            characters.release(permits);
        }
    }

    /** A lone surrogate is no character: it becomes the replacement character, as everywhere else. */
    private static String withoutHalves(String text) {
        boolean halves = text.codePoints().anyMatch(point -> point >= 0xd800 && point <= 0xdfff);
        if (!halves) {
            return text;
        }
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints().forEach(point -> whole.appendCodePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point));
        return whole.toString();
    }

    private static int[] ints(long[] ids) {
        int[] result = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            result[i] = Math.toIntExact(ids[i]);
        }
        return result;
    }

    /** Text of token ids, special tokens left out. */
    public String text(int[] ids) {
        return decode(java.util.Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /** Text of one token, also of a special one. */
    public String tokenText(int id) {
        return decode(new long[] {id}, false);
    }

    /** Text of token ids, special tokens left out. */
    String decode(List<Integer> ids) {
        return decode(ids.stream().mapToLong(Integer::longValue).toArray(), true);
    }

    private String decode(long[] ids, boolean skipSpecial) {
        return ids.length == 0 ? "" : LIBRARY.decode(handle, ids, skipSpecial);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LIBRARY.deleteTokenizer(handle);
        }
    }
}
