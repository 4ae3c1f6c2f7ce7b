package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.choice;
import static dev.plimsoll.server.grammar.Expression.empty;
import static dev.plimsoll.server.grammar.Expression.sequence;

import dev.plimsoll.server.grammar.Expression.OneOf;
import dev.plimsoll.server.grammar.Expression.Rule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Any text in UTF-8, but for what a marker in it begins. */
public final class FreeText {
    private FreeText() {}

    /**
     * Any text up to its end, or up to a marker, which other things follow.
     *
     * @param marker of ASCII
     * @see <a href="https://doi.org/10.1137/0206024">Knuth, Morris, Pratt: Fast pattern matching in strings</a>
     */
    public static Rule until(String marker, Expression behind) {
        List<Rule> read = new ArrayList<>();
        for (int i = 0; i < marker.length(); i++) {
            read.add(new Rule(i + " characters of " + marker));
        }
        for (int i = 0; i < marker.length(); i++) {
            Map<Integer, BitSet> byTarget = new TreeMap<>();
            for (int value = 0; value < 0x80; value++) {
                byTarget.computeIfAbsent(readBehind(marker, i, (char) value), target -> new BitSet())
                        .set(value);
            }
            List<Expression> alternatives = new ArrayList<>(List.of(empty()));
            byTarget.forEach((target, bytes) -> alternatives.add(
                    sequence(new OneOf(ByteSet.of(bytes)), target == marker.length() ? behind : read.get(target))));
            alternatives.add(sequence(beyondAscii(), read.getFirst()));
            read.get(i).is(new Expression.Choice(alternatives));
        }
        return read.getFirst();
    }

    /** Any text that does not begin as JSON does, or as white space. */
    public static Expression noJson() {
        BitSet first = new BitSet();
        first.set('!', 0x7f);
        "{[\"".chars().forEach(first::clear);
        Expression any = choice(new OneOf(ByteSet.range(0, 0x7f)), beyondAscii());
        return choice(
                empty(),
                sequence(
                        choice(new OneOf(ByteSet.of(first)), beyondAscii()),
                        Expression.repeated(any, 0, Expression.UNBOUNDED)));
    }

    private static Expression beyondAscii() {
        return Characters.range(0x80, Character.MAX_CODE_POINT).expression();
    }

    /** How many characters of the marker are read behind one more. */
    private static int readBehind(String marker, int read, char next) {
        String text = marker.substring(0, read) + next;
        for (int length = Math.min(marker.length(), text.length()); length > 0; length--) {
            if (text.endsWith(marker.substring(0, length))) {
                return length;
            }
        }
        return 0;
    }
}
