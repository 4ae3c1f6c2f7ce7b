package dev.plimsoll.server.grammar;

import java.util.Arrays;

/** Which tokens may come next: their ids where they are few, else a bit for each token, shared where many masks have them. */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface TokenMask {
    /** Sets the bits of the tokens. */
    void addTo(long[] bits);

    /** Bytes of memory that it does not share. */
    long bytes();

    record Few(int[] ids) implements TokenMask {
        @Override
        public void addTo(long[] bits) {
            for (int id : ids) {
                bits[id / Long.SIZE] |= 1L << id;
            }
        }

        @Override
        public long bytes() {
            return 48 + 4L * ids.length;
        }
    }

    record Many(long[] allowed) implements TokenMask {
        @Override
        public void addTo(long[] bits) {
            for (int i = 0; i < allowed.length; i++) {
                bits[i] |= allowed[i];
            }
        }

        @Override
        public long bytes() {
            return 48 + 8L * allowed.length;
        }
    }

    /** Those of another mask, and of bits that many masks share. */
    record WithShared(long[] shared, TokenMask others) implements TokenMask {
        @Override
        public void addTo(long[] bits) {
            for (int i = 0; i < shared.length; i++) {
                bits[i] |= shared[i];
            }
            others.addTo(bits);
        }

        @Override
        public long bytes() {
            return 32 + others.bytes();
        }
    }

    /** Of bits that stay the caller's. */
    static TokenMask of(long[] bits) {
        int count = Arrays.stream(bits).mapToInt(Long::bitCount).sum();
        if (count > bits.length) {
            return new Many(bits.clone());
        }
        int[] ids = new int[count];
        int at = 0;
        for (int word = 0; word < bits.length; word++) {
            for (long rest = bits[word]; rest != 0; rest &= rest - 1) {
                ids[at++] = word * Long.SIZE + Long.numberOfTrailingZeros(rest);
            }
        }
        return new Few(ids);
    }
}
