package dev.plimsoll.server.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Texts by what they begin with. */
final class PrefixTree {
    private final Map<Integer, PrefixTree> next = new TreeMap<>();
    private boolean ends;

    private PrefixTree() {}

    static PrefixTree of(List<String> texts) {
        PrefixTree root = new PrefixTree();
        for (String text : texts) {
            PrefixTree at = root;
            for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
                at = at.next.computeIfAbsent(one & 0xff, b -> new PrefixTree());
            }
            at.ends = true;
        }
        return root;
    }

    /** Bytes that texts go on with here. */
    Map<Integer, PrefixTree> next() {
        return next;
    }

    /** Whether a text ends here. */
    boolean ends() {
        return ends;
    }

    Expression expression() {
        List<Expression> parts = new ArrayList<>();
        PrefixTree at = this;
        while (at.next.size() == 1 && !at.ends) {
            Map.Entry<Integer, PrefixTree> only = at.next.entrySet().iterator().next();
            parts.add(new Expression.OneOf(ByteSet.of(only.getKey())));
            at = only.getValue();
        }
        if (!at.next.isEmpty()) {
            List<Expression> alternatives = new ArrayList<>();
            at.next.forEach((value, tree) ->
                    alternatives.add(Expression.sequence(new Expression.OneOf(ByteSet.of(value)), tree.expression())));
            if (at.ends) {
                alternatives.add(Expression.empty());
            }
            parts.add(new Expression.Choice(alternatives));
        }
        return new Expression.Sequence(parts);
    }
}
