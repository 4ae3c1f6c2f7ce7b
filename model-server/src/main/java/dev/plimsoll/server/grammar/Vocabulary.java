package dev.plimsoll.server.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The tokens of a model as the bytes that they are in a text. */
public final class Vocabulary {
    private static final int MAX_TOKEN_BYTES = 255;

    private final int size;
    private final IntFunction<byte @Nullable []> bytes;
    private final boolean complete;
    private final TokenTree all;
    private final TokenTree others;
    private final long[] plain;
    private final int longestPlain;

    private Vocabulary(int size, IntFunction<byte @Nullable []> bytes) {
        this.size = size;
        this.bytes = bytes;
        BitSet single = new BitSet();
        for (int id = 0; id < size; id++) {
            byte[] token = bytes.apply(id);
            if (token != null && token.length == 1) {
                single.set(token[0] & 0xff);
            }
        }
        this.complete = single.nextClearBit(' ') > '~' && single.get('\n');
        boolean wholeCharactersAlone = single.nextClearBit(0x80) < 0xc0;
        List<TokenTree.Token> every = new ArrayList<>();
        List<TokenTree.Token> rest = new ArrayList<>();
        this.plain = new long[Math.ceilDiv(size, Long.SIZE)];
        int longest = 0;
        for (int id = 0; id < size; id++) {
            byte[] token = bytes.apply(id);
            if (token == null || token.length == 0 || token.length > MAX_TOKEN_BYTES) {
                continue;
            }
            int characters = Utf8.characters(token);
            if (wholeCharactersAlone && characters < 0) {
                continue;
            }
            TokenTree.Token entry = new TokenTree.Token(id, token);
            every.add(entry);
            if (characters >= 0 && isPlain(token)) {
                plain[id / Long.SIZE] |= 1L << id;
                longest = Math.max(longest, characters);
            } else {
                rest.add(entry);
            }
        }
        this.longestPlain = longest;
        this.all = TokenTree.of(every);
        this.others = TokenTree.of(rest);
    }

    /**
     * A vocabulary.
     *
     * @param size ids are below
     * @param bytes of a token by its id; null where it is no part of a text, as special tokens are
     */
    public static Vocabulary of(int size, IntFunction<byte @Nullable []> bytes) {
        return new Vocabulary(size, bytes);
    }

    private static boolean isPlain(byte[] token) {
        for (byte one : token) {
            if (one == '"' || one == '\\' || (one >= 0 && one < ' ')) {
                return false;
            }
        }
        return true;
    }

    /** Token ids are below. */
    public int size() {
        return size;
    }

    /** Whether any text of ASCII can be said: where it cannot, a grammar may come to an end that nothing leads on from. */
    public boolean isComplete() {
        return complete;
    }

    /** Bytes of a token; null where it is no part of a text. */
    byte @Nullable [] bytes(int id) {
        return bytes.apply(id);
    }

    /** All tokens that are part of a text. */
    TokenTree all() {
        return all;
    }

    /** Those of {@link #all} that are not in {@link #plain}. */
    TokenTree others() {
        return others;
    }

    /** Bits of the tokens that stand in a JSON string as they are: whole characters, none of which is escaped. */
    long[] plain() {
        return plain;
    }

    /** Characters of the longest plain token. */
    int longestPlain() {
        return longestPlain;
    }
}
