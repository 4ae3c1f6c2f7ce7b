package dev.plimsoll.server.grammar;

import dev.plimsoll.server.grammar.Expression.Choice;
import dev.plimsoll.server.grammar.Expression.OneOf;
import dev.plimsoll.server.grammar.Expression.Repeated;
import dev.plimsoll.server.grammar.Expression.Rule;
import dev.plimsoll.server.grammar.Expression.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * How many rules must be open inside each other, at least, to say an expression to its end. An alternative is taken only
 * where there is room for that: so a text of bounded depth can always be completed.
 */
final class Depths {
    /** More than any text has: a rule that needs it has no text. */
    static final int ENDLESS = 1 << 20;

    /** At rules, one after the other and again, until nothing changes. */
    private static final long MAX_LOOKS = 2_000_000;

    private final IdentityHashMap<Rule, Integer> rules = new IdentityHashMap<>();
    private final IdentityHashMap<Rule, Boolean> empty = new IdentityHashMap<>();

    /** Of all rules that a root reaches. */
    Depths(List<Rule> reached) {
        List<Rule> all = reached.reversed();
        all.forEach(rule -> rules.put(rule, ENDLESS));
        all.forEach(rule -> empty.put(rule, false));
        boolean changed = true;
        for (long looks = 0; changed; looks += all.size()) {
            if (looks > MAX_LOOKS) {
                throw new GrammarException("it is too large: its rules lead to each other in too many ways");
            }
            changed = false;
            for (Rule rule : all) {
                int depth = of(rule.body(), true);
                boolean can = canBeEmpty(rule.body());
                changed |= depth < rules.getOrDefault(rule, ENDLESS) || can != empty.getOrDefault(rule, false);
                rules.put(rule, depth);
                empty.put(rule, can);
            }
        }
    }

    /** Every rule that can be reached, the root first. */
    static List<Rule> reachable(Rule root) {
        List<Rule> found = new ArrayList<>(List.of(root));
        Set<Rule> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(root);
        for (int i = 0; i < found.size(); i++) {
            collect(found.get(i).body(), seen, found);
        }
        return found;
    }

    private static void collect(Expression in, Set<Rule> seen, List<Rule> found) {
        switch (in) {
            case OneOf one -> {}
            case Sequence(List<Expression> parts) -> parts.forEach(part -> collect(part, seen, found));
            case Choice(List<Expression> alternatives) -> alternatives.forEach(one -> collect(one, seen, found));
            case Repeated repeated -> collect(repeated.body(), seen, found);
            case Rule rule -> {
                if (seen.add(rule)) {
                    found.add(rule);
                }
            }
        }
    }

    /**
     * Of an expression.
     *
     * @param last whether nothing of its rule comes behind it: then it takes the rule's place
     */
    int of(Expression expression, boolean last) {
        return switch (expression) {
            case OneOf one -> 0;
            case Sequence(List<Expression> parts) -> {
                int depth = 0;
                for (int i = 0; i < parts.size(); i++) {
                    depth = Math.max(depth, of(parts.get(i), last && i == parts.size() - 1));
                }
                yield depth;
            }
            case Choice(List<Expression> alternatives) ->
                alternatives.stream().mapToInt(one -> of(one, last)).min().orElse(ENDLESS);
            case Repeated(Expression body, int least, int most) ->
                least == 0 ? 0 : Math.min(ENDLESS, 1 + of(body, true));
            case Rule rule -> {
                int depth = rules.getOrDefault(rule, ENDLESS);
                yield last ? depth : Math.min(ENDLESS, 1 + depth);
            }
        };
    }

    boolean canBeEmpty(Expression expression) {
        return switch (expression) {
            case OneOf one -> false;
            case Sequence(List<Expression> parts) -> parts.stream().allMatch(this::canBeEmpty);
            case Choice(List<Expression> alternatives) -> alternatives.stream().anyMatch(this::canBeEmpty);
            case Repeated(Expression body, int least, int most) -> least == 0 || canBeEmpty(body);
            case Rule rule -> empty.getOrDefault(rule, false);
        };
    }

    /** Refuses a rule that begins with itself: it never comes to a byte. */
    void requireProgress(Collection<Rule> all) {
        IdentityHashMap<Rule, Boolean> done = new IdentityHashMap<>();
        all.forEach(rule -> requireProgress(rule, done));
    }

    private void requireProgress(Rule rule, IdentityHashMap<Rule, Boolean> done) {
        Boolean state = done.get(rule);
        if (Boolean.FALSE.equals(state)) {
            throw new GrammarException(rule + " begins with itself: no text is that");
        }
        if (state == null) {
            done.put(rule, false);
            firsts(rule.body()).forEach(first -> requireProgress(first, done));
            done.put(rule, true);
        }
    }

    private List<Rule> firsts(Expression expression) {
        return switch (expression) {
            case OneOf one -> List.of();
            case Sequence(List<Expression> parts) -> {
                List<Rule> found = new ArrayList<>();
                for (Expression part : parts) {
                    found.addAll(firsts(part));
                    if (!canBeEmpty(part)) {
                        break;
                    }
                }
                yield found;
            }
            case Choice(List<Expression> alternatives) ->
                alternatives.stream().flatMap(one -> firsts(one).stream()).toList();
            case Repeated repeated -> firsts(repeated.body());
            case Rule rule -> List.of(rule);
        };
    }
}
