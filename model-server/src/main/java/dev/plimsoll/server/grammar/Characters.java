package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.sequence;

import dev.plimsoll.server.grammar.Expression.OneOf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Some characters, as bytes of a JSON string.
 *
 * @param points code points, no surrogates
 */
record Characters(BitSet points) {
    private static final int LAST = Character.MAX_CODE_POINT;

    Characters {
        points.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
    }

    static Characters range(int first, int last) {
        BitSet points = new BitSet();
        points.set(first, last + 1);
        return new Characters(points);
    }

    static Characters of(String each) {
        BitSet points = new BitSet();
        each.codePoints().forEach(points::set);
        return new Characters(points);
    }

    Characters others() {
        BitSet all = new BitSet();
        all.set(0, LAST + 1);
        all.andNot(points);
        return new Characters(all);
    }

    void addTo(BitSet all) {
        all.or(points);
    }

    /** One of them in a string; escaped where it must be. */
    Expression expression() {
        List<Expression> alternatives = new ArrayList<>();
        BitSet ascii = new BitSet();
        for (int point = points.nextSetBit(0); point >= 0 && point < 0x80; point = points.nextSetBit(point + 1)) {
            String written = JsonLiteral.character((char) point);
            if (written.length() == 1) {
                ascii.set(point);
            } else {
                alternatives.add(Expression.text(written));
            }
        }
        if (!ascii.isEmpty()) {
            alternatives.add(new OneOf(ByteSet.of(ascii)));
        }
        for (int first = points.nextSetBit(0x80); first >= 0; ) {
            int end = points.nextClearBit(first);
            addRange(first, end - 1, alternatives);
            first = points.nextSetBit(end);
        }
        if (alternatives.isEmpty()) {
            throw new GrammarException("has a class of no characters");
        }
        return new Expression.Choice(alternatives);
    }

    /** Splits a range where the number of bytes changes, then where all but the last byte do. */
    private static void addRange(int first, int last, List<Expression> alternatives) {
        for (int limit : new int[] {0x7ff, 0xffff}) {
            if (first <= limit && last > limit) {
                addRange(first, limit, alternatives);
                addRange(limit + 1, last, alternatives);
                return;
            }
        }
        for (int bits = 6; bits <= 18; bits += 6) {
            int mask = (1 << bits) - 1;
            if ((first & ~mask) != (last & ~mask)) {
                if ((first & mask) != 0) {
                    addRange(first, first | mask, alternatives);
                    addRange((first | mask) + 1, last, alternatives);
                    return;
                }
                if ((last & mask) != mask) {
                    addRange(first, (last & ~mask) - 1, alternatives);
                    addRange(last & ~mask, last, alternatives);
                    return;
                }
            }
        }
        byte[] from = Character.toString(first).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] to = Character.toString(last).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Expression[] bytes = new Expression[from.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = new OneOf(ByteSet.range(from[i] & 0xff, to[i] & 0xff));
        }
        alternatives.add(sequence(bytes));
    }
}
