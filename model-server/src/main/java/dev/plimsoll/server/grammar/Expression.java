package dev.plimsoll.server.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a text, or a part of it, may be. */
public sealed interface Expression {
    /** How often a {@link Repeated} may come where nothing bounds it. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** One byte of a set. */
    record OneOf(ByteSet bytes) implements Expression {}

    /** One part behind the other; none of them is the empty text. */
    record Sequence(List<Expression> parts) implements Expression {}

    /** One of several. */
    record Choice(List<Expression> alternatives) implements Expression {}

    /**
     * One several times.
     *
     * @param body that is never empty
     */
    record Repeated(Expression body, int least, int most) implements Expression {}

    /** What a rule says, which may be said later: so that a grammar can be recursive. */
    final class Rule implements Expression {
        private final String name;
        private @Nullable Expression body;

        /** A rule to be defined. */
        public Rule(String name) {
            this.name = name;
        }

        /** Says what it is, once. */
        public Rule is(Expression what) {
            if (body != null) {
                throw new IllegalStateException(name + " is defined already");
            }
            body = what;
            return this;
        }

        Expression body() {
            if (body == null) {
                throw new IllegalStateException(name + " is not defined");
            }
            return body;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Nothing. */
    static Expression empty() {
        return new Sequence(List.of());
    }

    static Expression sequence(Expression... parts) {
        return new Sequence(List.of(parts));
    }

    static Expression choice(Expression... alternatives) {
        return new Choice(List.of(alternatives));
    }

    static Expression optional(Expression one) {
        return choice(one, empty());
    }

    static Expression repeated(Expression body, int least, int most) {
        return new Repeated(body, least, most);
    }

    /** Exactly this text. */
    static Expression text(String text) {
        List<Expression> bytes = new ArrayList<>();
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(new OneOf(ByteSet.of(one & 0xff)));
        }
        return new Sequence(bytes);
    }

    /** One of some characters of ASCII. */
    static Expression oneOf(String characters) {
        return new OneOf(ByteSet.of(characters));
    }

    /** One of these texts; what they begin with in common is said once, so that no choice is between equal beginnings. */
    static Expression anyOf(List<String> texts) {
        return PrefixTree.of(texts).expression();
    }
}
