package dev.plimsoll.server.tokenization;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that each token of a {@code tokenizer.json} is in a text, held as the vocabulary writes them: millions of
 * characters in one array.
 */
final class TokenBytes {
    /** How a vocabulary writes bytes. */
    enum Writing {
        /** A character for each byte, as GPT-2 has it. */
        BYTE_LEVEL,
        /** As they are, with U+2581 for a space, and {@code <0x0A>} for a byte: SentencePiece. */
        METASPACE,
        /** In a way that this server does not know. */
        UNKNOWN
    }

    /** More than any vocabulary has; tokens above are of no known bytes. */
    private static final int MAX_TOKENS = 1 << 20;

    private static final int[] BYTE_OF_CHARACTER = byteLevel();
    private static final String SPACE = "\u2581";

    private final BitSet added = new BitSet();
    private byte[] arena = new byte[1 << 16];
    private int used;
    private int[] starts = new int[1 << 12];
    private int[] lengths = new int[1 << 12];

    /** Says how a token is written; what an added token says wins. */
    void put(int id, String written, boolean isAdded) {
        if (id >= MAX_TOKENS || (added.get(id) && !isAdded)) {
            return;
        }
        added.set(id, isAdded);
        byte[] bytes = written.getBytes(StandardCharsets.UTF_8);
        if (used + bytes.length > arena.length) {
            arena = Arrays.copyOf(arena, Math.max(used + bytes.length, arena.length / 2 * 3));
        }
        if (id >= starts.length) {
            int size = Math.max(id + 1, starts.length * 2);
            starts = Arrays.copyOf(starts, size);
            lengths = Arrays.copyOf(lengths, size);
        }
        System.arraycopy(bytes, 0, arena, used, bytes.length);
        starts[id] = used;
        lengths[id] = bytes.length;
        used += bytes.length;
    }

    /** Gives memory back that no token needs, once all are there. */
    TokenBytes whole() {
        arena = Arrays.copyOf(arena, used);
        return this;
    }

    /** Bytes of a token; null when there is none, or the writing is not known. */
    byte @Nullable [] of(int id, Writing writing, BitSet byteTokens) {
        if (id >= starts.length || lengths[id] == 0) {
            return null;
        }
        byte[] written = Arrays.copyOfRange(arena, starts[id], starts[id] + lengths[id]);
        if (added.get(id)) {
            return written;
        }
        return switch (writing) {
            case BYTE_LEVEL -> byteLevel(new String(written, StandardCharsets.UTF_8));
            case METASPACE -> {
                String text = new String(written, StandardCharsets.UTF_8);
                yield byteTokens.get(id)
                        ? new byte[] {(byte) Integer.parseInt(text.substring(3, 5), 16)}
                        : text.replace(SPACE, " ").getBytes(StandardCharsets.UTF_8);
            }
            case UNKNOWN -> null;
        };
    }

    private static byte @Nullable [] byteLevel(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char one = text.charAt(i);
            int value = one < BYTE_OF_CHARACTER.length ? BYTE_OF_CHARACTER[one] : -1;
            if (value < 0) {
                return null;
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    /**
     * The byte of each character.
     *
     * @see <a href="https://github.com/openai/gpt-2/blob/master/src/encoder.py">bytes_to_unicode</a>
     */
    private static int[] byteLevel() {
        int[] bytes = new int[0x144];
        Arrays.fill(bytes, -1);
        int next = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean itself = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
            bytes[itself ? value : next++] = value;
        }
        return bytes;
    }
}
