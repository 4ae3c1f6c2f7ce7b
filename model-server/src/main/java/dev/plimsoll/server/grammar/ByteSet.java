package dev.plimsoll.server.grammar;

import java.util.Arrays;
import java.util.BitSet;

/** Some of the 256 bytes. */
final class ByteSet {
    static final int BYTES = 256;

    private final long[] words;

    private ByteSet(BitSet bits) {
        this.words = Arrays.copyOf(bits.toLongArray(), BYTES / Long.SIZE);
    }

    static ByteSet of(BitSet bits) {
        return new ByteSet(bits);
    }

    static ByteSet of(int value) {
        return range(value, value);
    }

    /** All from the first to the last one. */
    static ByteSet range(int first, int last) {
        BitSet bits = new BitSet(BYTES);
        bits.set(first, last + 1);
        return new ByteSet(bits);
    }

    /** The characters of a text, which are ASCII. */
    static ByteSet of(String characters) {
        BitSet bits = new BitSet(BYTES);
        characters.chars().forEach(bits::set);
        return new ByteSet(bits);
    }

    boolean contains(int value) {
        return (words[value >> 6] >>> value & 1) != 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteSet set && Arrays.equals(words, set.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }
}
