package dev.plimsoll.server.grammar;

import dev.plimsoll.server.grammar.Expression.Choice;
import dev.plimsoll.server.grammar.Expression.OneOf;
import dev.plimsoll.server.grammar.Expression.Repeated;
import dev.plimsoll.server.grammar.Expression.Rule;
import dev.plimsoll.server.grammar.Expression.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A compiled grammar: instructions, and which bytes it never tells apart. */
public final class Grammar {
    /** Instructions of a grammar. */
    static final int MAX_SIZE = 50_000;

    /** Rules that are open inside each other. */
    static final int MAX_DEPTH = 192;

    private final List<Instruction> code = new ArrayList<>();
    private final IdentityHashMap<Rule, Integer> starts = new IdentityHashMap<>();
    private final int[] classes = new int[ByteSet.BYTES];
    private final Depths depths;
    private int classCount = 1;

    private Grammar(Rule root) {
        List<Rule> rules = Depths.reachable(root);
        this.depths = new Depths(rules);
        depths.requireProgress(rules);
        int depth = depths.of(root.body(), true);
        if (depth > MAX_DEPTH) {
            throw new GrammarException(
                    depth >= Depths.ENDLESS
                            ? "no text is ever complete: something holds itself and must be there"
                            : "it is nested too deep: " + depth + " levels, at most " + MAX_DEPTH);
        }
        Map<Integer, Rule> calls = new HashMap<>();
        for (Rule rule : rules) {
            starts.put(rule, code.size());
            emit(rule.body(), true, calls);
        }
        resolve(calls);
        classify();
    }

    /**
     * Compiles.
     *
     * @param root what a whole text is
     * @throws GrammarException when it is too large, too deep, or no text is ever complete
     */
    public static Grammar of(Rule root) {
        return new Grammar(root);
    }

    private void add(Instruction instruction) {
        if (code.size() >= MAX_SIZE) {
            throw new GrammarException("it is too large: its grammar has more than " + MAX_SIZE + " steps");
        }
        code.add(instruction);
    }

    /**
     * Adds the instructions of an expression.
     *
     * @param last whether the rule ends with it: then its instructions return
     * @param calls takes which instructions go to rules whose place is not known yet
     */
    private void emit(Expression expression, boolean last, Map<Integer, Rule> calls) {
        switch (expression) {
            case OneOf(ByteSet bytes) -> add(new Instruction.Take(bytes));
            case Sequence(List<Expression> parts) -> {
                for (int i = 0; i < parts.size(); i++) {
                    emit(parts.get(i), last && i == parts.size() - 1, calls);
                }
                if (last && !parts.isEmpty()) {
                    return;
                }
            }
            case Choice(List<Expression> alternatives) -> {
                emitChoice(alternatives, last, calls);
                return;
            }
            case Repeated(Expression body, int least, int most) -> {
                if (depths.canBeEmpty(body)) {
                    throw new GrammarException("what is repeated may be empty");
                }
                int at = code.size();
                add(new Instruction.Return());
                int target = code.size();
                emit(body, true, calls);
                code.set(at, new Instruction.Jump(code.size()));
                add(new Instruction.Repeat(target, least, most, 1 + depths.of(body, true)));
            }
            case Rule rule -> {
                calls.put(code.size(), rule);
                add(last ? new Instruction.Jump(-1) : new Instruction.Call(-1));
                if (last) {
                    return;
                }
            }
        }
        if (last) {
            add(new Instruction.Return());
        }
    }

    private void emitChoice(List<Expression> alternatives, boolean last, Map<Integer, Rule> calls) {
        int fork = code.size();
        add(new Instruction.Return());
        int[] targets = new int[alternatives.size()];
        int[] needed = new int[targets.length];
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < targets.length; i++) {
            targets[i] = code.size();
            needed[i] = depths.of(alternatives.get(i), last);
            emit(alternatives.get(i), last, calls);
            if (!last) {
                ends.add(code.size());
                add(new Instruction.Return());
            }
        }
        code.set(fork, new Instruction.Fork(targets, needed));
        ends.forEach(end -> code.set(end, new Instruction.Jump(code.size())));
    }

    private void resolve(Map<Integer, Rule> calls) {
        calls.forEach((place, rule) -> {
            int target = starts.getOrDefault(rule, 0);
            code.set(
                    place,
                    code.get(place) instanceof Instruction.Call
                            ? new Instruction.Call(target)
                            : new Instruction.Jump(target));
        });
    }

    private void classify() {
        Set<ByteSet> sets = new HashSet<>();
        for (Instruction instruction : code) {
            if (instruction instanceof Instruction.Take(ByteSet bytes)) {
                sets.add(bytes);
            }
        }
        for (ByteSet set : sets) {
            Map<Integer, Integer> renamed = new HashMap<>();
            for (int value = 0; value < classes.length; value++) {
                int split = 2 * classes[value] + (set.contains(value) ? 1 : 0);
                classes[value] = renamed.computeIfAbsent(split, s -> renamed.size());
            }
            classCount = renamed.size();
        }
    }

    Instruction at(int place) {
        return code.get(place);
    }

    /** Where the first rule begins. */
    int start() {
        return 0;
    }

    /** Where a rule begins; -1 when this grammar does not have it. */
    int start(Rule rule) {
        return starts.getOrDefault(rule, -1);
    }

    /** Bytes of one class do the same everywhere. */
    int byteClass(int value) {
        return classes[value];
    }

    int byteClasses() {
        return classCount;
    }

    /** Instructions. */
    public int size() {
        return code.size();
    }
}
