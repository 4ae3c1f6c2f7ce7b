package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Optional;

/**
 * Measured and budgeted bytes as a column shows them: {@code 6.9Gi/8Gi}.
 *
 * @param budget {@link Long#MAX_VALUE} without one
 */
record Shown(long bytes, long budget, String column) {
    static final Shown NOTHING = new Shown(0, 0, "-");

    static Shown of(Depth depth) {
        String bytes = ByteSize.format(depth.bytes());
        return new Shown(
                depth.bytes(),
                depth.budget(),
                depth.budget() == Long.MAX_VALUE ? bytes + "/-" : bytes + "/" + ByteSize.format(depth.budget()));
    }

    /** What a column shows; nothing where it is in no such words. */
    static Shown parse(String column) {
        int slash = column.indexOf('/');
        if (slash < 1) {
            return NOTHING;
        }
        try {
            String budget = column.substring(slash + 1);
            return new Shown(
                    ByteSize.bytes(new Quantity(column.substring(0, slash))),
                    budget.equals("-") ? Long.MAX_VALUE : ByteSize.bytes(new Quantity(budget)),
                    column);
        } catch (IllegalArgumentException e) {
            return NOTHING;
        }
    }

    /** The bytes that stand in a sentence before {@code rest}. */
    static Optional<Long> before(String sentence, String rest) {
        int end = sentence.indexOf(rest);
        if (end < 1) {
            return Optional.empty();
        }
        int begin = sentence.lastIndexOf(' ', end - 1) + 1;
        try {
            return Optional.of(ByteSize.bytes(new Quantity(sentence.substring(begin, end))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean isMeasured() {
        return budget != 0;
    }

    /** Such as {@code 6.9Gi of 8Gi}. */
    String words() {
        return column.endsWith("/-") ? column.substring(0, column.length() - 2) : column.replace("/", " of ");
    }
}
