package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.UNBOUNDED;
import static dev.plimsoll.server.grammar.Expression.choice;
import static dev.plimsoll.server.grammar.Expression.empty;
import static dev.plimsoll.server.grammar.Expression.oneOf;
import static dev.plimsoll.server.grammar.Expression.optional;
import static dev.plimsoll.server.grammar.Expression.repeated;
import static dev.plimsoll.server.grammar.Expression.sequence;
import static dev.plimsoll.server.grammar.Expression.text;

import dev.plimsoll.server.grammar.Expression.OneOf;
import dev.plimsoll.server.grammar.Expression.Rule;
import java.util.BitSet;

/**
 * JSON as models are let write it: valid UTF-8, numbers that every parser holds, white space for lines and indents alone,
 * never without end.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
public final class JsonText {
    private static final Expression HEX = oneOf("0123456789abcdefABCDEF");
    private static final Expression TAIL = bytes(0x80, 0xbf);

    /** A character of a string that stands for itself. */
    static final Rule PLAIN_CHARACTER = new Rule("plain character")
            .is(choice(
                    new OneOf(asciiInString()),
                    sequence(bytes(0xc2, 0xdf), TAIL),
                    sequence(bytes(0xe0, 0xe0), bytes(0xa0, 0xbf), TAIL),
                    sequence(bytes(0xe1, 0xec), TAIL, TAIL),
                    sequence(bytes(0xed, 0xed), bytes(0x80, 0x9f), TAIL),
                    sequence(bytes(0xee, 0xef), TAIL, TAIL),
                    sequence(bytes(0xf0, 0xf0), bytes(0x90, 0xbf), TAIL, TAIL),
                    sequence(bytes(0xf1, 0xf3), TAIL, TAIL, TAIL),
                    sequence(bytes(0xf4, 0xf4), bytes(0x80, 0x8f), TAIL, TAIL)));

    /** A character of a string, as it is or escaped; no half of a pair alone. */
    static final Rule CHARACTER = new Rule("character")
            .is(choice(
                    PLAIN_CHARACTER,
                    sequence(oneOf("\\"), choice(oneOf("\"\\/bfnrt"), sequence(oneOf("u"), escaped())))));

    /** Nothing, a space, or one or two line breaks with an indent. */
    static final Rule SPACE = new Rule("space")
            .is(choice(
                    empty(), oneOf(" "), sequence(oneOf("\n"), optional(oneOf("\n")), repeated(oneOf(" \t"), 0, 20))));

    static final Rule STRING = new Rule("string").is(string(0, UNBOUNDED));

    static final Rule INTEGER = new Rule("integer").is(integer(16));

    static final Rule NUMBER = new Rule("number")
            .is(sequence(
                    optional(oneOf("-")),
                    choice(oneOf("0"), sequence(oneOf("123456789"), repeated(digit(), 0, 15))),
                    optional(sequence(oneOf("."), repeated(digit(), 1, 16))),
                    optional(sequence(oneOf("eE"), optional(oneOf("+-")), digit(), optional(digit())))));

    static final Rule BOOLEAN = new Rule("boolean").is(choice(text("true"), text("false")));

    /** Any value. */
    static final Rule VALUE = new Rule("value");

    /** Any array. */
    static final Rule ARRAY = new Rule("array").is(array(VALUE));

    /** Any object. */
    public static final Rule OBJECT = new Rule("object").is(object(STRING, VALUE));

    static {
        VALUE.is(choice(OBJECT, ARRAY, STRING, NUMBER, BOOLEAN, text("null")));
    }

    private JsonText() {}

    private static Expression bytes(int first, int last) {
        return new OneOf(ByteSet.range(first, last));
    }

    private static ByteSet asciiInString() {
        BitSet bits = new BitSet();
        bits.set(' ', 0x80);
        bits.clear('"');
        bits.clear('\\');
        return ByteSet.of(bits);
    }

    private static Expression escaped() {
        Expression one = choice(sequence(oneOf("0123456789abcefABCEF"), HEX), sequence(oneOf("dD"), oneOf("01234567")));
        Expression pair =
                sequence(oneOf("dD"), oneOf("89abAB"), HEX, HEX, text("\\u"), oneOf("dD"), oneOf("cdefCDEF"), HEX, HEX);
        return choice(sequence(one, HEX, HEX), pair);
    }

    static Expression digit() {
        return oneOf("0123456789");
    }

    /** A string of so many characters. */
    static Expression string(int least, int most) {
        return sequence(oneOf("\""), repeated(CHARACTER, least, most), oneOf("\""));
    }

    /** A whole number of at most so many digits. */
    private static Expression integer(int digits) {
        return choice(oneOf("0"), sequence(optional(oneOf("-")), oneOf("123456789"), repeated(digit(), 0, digits - 1)));
    }

    /** What stands between a name and its value. */
    static Expression colon() {
        return sequence(oneOf(":"), SPACE);
    }

    static Expression comma() {
        return sequence(oneOf(","), SPACE);
    }

    private static Expression array(Expression item) {
        return sequence(
                oneOf("["),
                SPACE,
                choice(oneOf("]"), sequence(item, repeated(sequence(comma(), item), 0, UNBOUNDED), SPACE, oneOf("]"))));
    }

    /** An object with any names of a kind, and values of one. */
    static Expression object(Expression name, Expression value) {
        Expression member = sequence(name, colon(), value);
        return sequence(
                oneOf("{"),
                SPACE,
                choice(
                        oneOf("}"),
                        sequence(member, repeated(sequence(comma(), member), 0, UNBOUNDED), SPACE, oneOf("}"))));
    }

    /** Whether a text is within a string that so many characters may be added to as they are. */
    static boolean hasRoomInString(Grammar grammar, State state, int characters) {
        int start = grammar.start(PLAIN_CHARACTER);
        if (start < 0 || !(grammar.at(start) instanceof Instruction.Fork(int[] targets, int[] depths))) {
            return false;
        }
        for (Frame frame : state.frames()) {
            Frame caller = frame.caller();
            if (frame.place() == targets[0]
                    && caller != null
                    && grammar.at(caller.place()) instanceof Instruction.Repeat repeat
                    && (repeat.most() == UNBOUNDED || repeat.most() - caller.counter() + 1 >= characters)) {
                return true;
            }
        }
        return false;
    }
}
