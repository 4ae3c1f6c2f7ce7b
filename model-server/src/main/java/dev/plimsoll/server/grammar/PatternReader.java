package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.UNBOUNDED;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Regular expressions as schemas write them, as grammars of what stands within a JSON string: characters, classes,
 * groups, alternatives, repetitions, and anchors at both ends.
 *
 * @see <a href="https://262.ecma-international.org/#sec-patterns">the language</a>
 */
final class PatternReader {
    private static final int MAX_LENGTH = 2000;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_REPETITION = 10_000;
    private static final Characters DIGITS = Characters.range('0', '9');
    private static final Characters WORD =
            Characters.of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    private static final Characters BLANK = Characters.of(" \t\n\u000b\f\r\u00a0\ufeff\u2028\u2029");
    private static final Characters ANY = Characters.of("\n\r\u2028\u2029").others();

    private final int[] pattern;
    private int at;
    private int depth;

    PatternReader(String pattern) {
        if (pattern.length() > MAX_LENGTH) {
            throw new GrammarException("is longer than " + MAX_LENGTH + " characters");
        }
        this.pattern = pattern.codePoints().toArray();
    }

    /** Strings in which the pattern is found, as a search finds it. */
    Expression search() {
        List<Expression> alternatives = new ArrayList<>();
        do {
            boolean fromStart = take('^');
            Expression found = sequence();
            boolean toEnd = take('$');
            List<Expression> whole = new ArrayList<>();
            if (!fromStart) {
                whole.add(Expression.repeated(JsonText.CHARACTER, 0, UNBOUNDED));
            }
            whole.add(found);
            if (!toEnd) {
                whole.add(Expression.repeated(JsonText.CHARACTER, 0, UNBOUNDED));
            }
            alternatives.add(new Expression.Sequence(whole));
        } while (take('|'));
        if (at < pattern.length) {
            throw notImplemented();
        }
        return new Expression.Choice(alternatives);
    }

    private boolean take(int character) {
        boolean taken = at < pattern.length && pattern[at] == character;
        at += taken ? 1 : 0;
        return taken;
    }

    private int next() {
        if (at == pattern.length) {
            throw new GrammarException("is not a whole regular expression");
        }
        return pattern[at++];
    }

    private GrammarException notImplemented() {
        return new GrammarException("holds what is not implemented, or is no regular expression, at character " + at);
    }

    private Expression alternatives() {
        List<Expression> alternatives = new ArrayList<>();
        do {
            alternatives.add(sequence());
        } while (take('|'));
        return alternatives.size() == 1 ? alternatives.getFirst() : new Expression.Choice(alternatives);
    }

    private Expression sequence() {
        List<Expression> parts = new ArrayList<>();
        while (at < pattern.length && pattern[at] != '|' && pattern[at] != ')' && pattern[at] != '$') {
            parts.add(repeated(atom()));
        }
        return new Expression.Sequence(parts);
    }

    private Expression repeated(Expression atom) {
        int least;
        int most;
        if (take('*')) {
            least = 0;
            most = UNBOUNDED;
        } else if (take('+')) {
            least = 1;
            most = UNBOUNDED;
        } else if (take('?')) {
            least = 0;
            most = 1;
        } else if (take('{')) {
            least = number();
            most = !take(',') ? least : at < pattern.length && pattern[at] == '}' ? UNBOUNDED : number();
            if (next() != '}' || most < least) {
                throw notImplemented();
            }
        } else {
            return atom;
        }
        take('?');
        return most == 0 ? Expression.empty() : Expression.repeated(atom, least, most);
    }

    private int number() {
        int value = 0;
        int begin = at;
        while (at < pattern.length && pattern[at] >= '0' && pattern[at] <= '9' && value <= MAX_REPETITION) {
            value = 10 * value + next() - '0';
        }
        if (at == begin || value > MAX_REPETITION) {
            throw new GrammarException("must repeat at most " + MAX_REPETITION + " times");
        }
        return value;
    }

    private Expression atom() {
        int character = next();
        return switch (character) {
            case '(' -> group();
            case '[' -> characterClass().expression();
            case '.' -> ANY.expression();
            case '\\' -> escape(false).expression();
            case '^', '*', '+', '?', '{', '}', ']' -> {
                at--;
                throw notImplemented();
            }
            default -> Characters.range(character, character).expression();
        };
    }

    private Expression group() {
        if (take('?')) {
            boolean named = take('<');
            if (named && at < pattern.length && pattern[at] != '=' && pattern[at] != '!') {
                while (next() != '>') {
                    // The name of a group is told to nobody.
                }
            } else if (named || !take(':')) {
                throw notImplemented();
            }
        }
        if (++depth > MAX_DEPTH) {
            throw new GrammarException("is nested deeper than " + MAX_DEPTH + " groups");
        }
        Expression inside = alternatives();
        if (!take(')')) {
            throw notImplemented();
        }
        depth--;
        return inside;
    }

    private Characters characterClass() {
        boolean not = take('^');
        BitSet all = new BitSet();
        while (!take(']')) {
            Characters one = classMember();
            boolean range = at + 1 < pattern.length && pattern[at] == '-' && pattern[at + 1] != ']';
            if (range) {
                at++;
                int first = one.points().nextSetBit(0);
                Characters other = classMember();
                int last = other.points().nextSetBit(0);
                if (one.points().cardinality() != 1 || other.points().cardinality() != 1 || last < first) {
                    throw notImplemented();
                }
                all.set(first, last + 1);
            } else {
                one.addTo(all);
            }
        }
        Characters characters = new Characters(all);
        return not ? characters.others() : characters;
    }

    private Characters classMember() {
        int character = next();
        return character == '\\' ? escape(true) : Characters.range(character, character);
    }

    private Characters escape(boolean inClass) {
        int character = next();
        return switch (character) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.others();
            case 'w' -> WORD;
            case 'W' -> WORD.others();
            case 's' -> BLANK;
            case 'S' -> BLANK.others();
            case 't' -> Characters.of("\t");
            case 'n' -> Characters.of("\n");
            case 'r' -> Characters.of("\r");
            case 'f' -> Characters.of("\f");
            case 'v' -> Characters.of("\u000b");
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'b' -> {
                if (!inClass) {
                    throw notImplemented();
                }
                yield Characters.of("\b");
            }
            default -> {
                boolean letter = character < 0x80 && Character.isLetterOrDigit(character);
                if (letter) {
                    throw notImplemented();
                }
                yield Characters.range(character, character);
            }
        };
    }

    private Characters hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw notImplemented();
            }
            value = 16 * value + digit;
        }
        return Characters.range(value, value);
    }
}
