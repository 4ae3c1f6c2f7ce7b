package dev.plimsoll.server.openai.structured;

import dev.plimsoll.server.FairExecutor;
import dev.plimsoll.server.generation.SequenceConstraint;
import dev.plimsoll.server.grammar.Expression.Rule;
import dev.plimsoll.server.grammar.Grammar;
import dev.plimsoll.server.grammar.GrammarException;
import dev.plimsoll.server.grammar.GrammarMatcher;
import dev.plimsoll.server.grammar.Masks;
import dev.plimsoll.server.grammar.Vocabulary;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The grammars that answers are held to now, and those of before that fit in a bound of memory. What may come next is
 * found on threads of their own, and once for all answers that are at the same place. Safe for use by several threads.
 */
public final class Constraints implements AutoCloseable {
    /** Of all grammars together, those of answers that are under way among them. */
    private static final long MAX_BYTES = 32L << 20;

    /** About what an automaton keeps beside its grammar, and what an instruction takes. */
    private static final long AUTOMATON_BYTES = 400L << 10;

    private static final long INSTRUCTION_BYTES = 64;
    private static final long MASK_BYTES = 8L << 20;

    private final Supplier<Vocabulary> vocabulary;
    /** Clients take turns, and none has all threads: whose grammar is hard to follow waits for itself. */
    private final FairExecutor computing =
            new FairExecutor("grammar", Math.max(2, Runtime.getRuntime().availableProcessors() / 2));

    private final Map<Object, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable Masks masks;
    private long bytes;

    /**
     * No grammars yet.
     *
     * @param vocabulary made when the first one is asked for
     */
    public Constraints(Supplier<Vocabulary> vocabulary) {
        this.vocabulary = vocabulary;
    }

    private static final class Entry {
        private final GrammarMatcher.Shared shared;
        private final long bytes;
        private int users;

        Entry(GrammarMatcher.Shared shared, long bytes) {
            this.shared = shared;
            this.bytes = bytes;
        }
    }

    /** There is no memory for another grammar while those of other answers are in use. */
    public static final class Exhausted extends RuntimeException {
        Exhausted() {
            super("too many different schemas and tools are in use at once; try again");
        }
    }

    /** The tokenizer cannot say every text, so that a grammar may come to where nothing leads on. */
    public static final class NotPossible extends RuntimeException {
        NotPossible() {
            super("the tokenizer of this model has no token for each character of ASCII, or is of a kind whose tokens"
                    + " are not known as bytes: leave it out");
        }
    }

    /** A grammar in use, until it is closed. */
    public final class Lease implements AutoCloseable {
        private final Entry entry;
        private boolean closed;

        private Lease(Entry entry) {
            this.entry = entry;
        }

        /**
         * An answer that begins.
         *
         * @param endIds tokens that end it
         * @param client whose turn it is to have a mask found
         * @param request its name, for logs
         */
        public SequenceConstraint begin(Set<Integer> endIds, String client, String request) {
            return new GrammarConstraint(
                    entry.shared.begin(), endIds, task -> computing.execute(client, task), request);
        }

        @Override
        public void close() {
            synchronized (Constraints.this) {
                if (!closed) {
                    closed = true;
                    entry.users--;
                    shrink(MAX_BYTES);
                }
            }
        }
    }

    /**
     * A grammar, compiled where it is not known.
     *
     * @param key equal where the rule is the same
     * @throws GrammarException when it cannot be compiled
     * @throws Exhausted when there is no memory for it now
     * @throws NotPossible when no grammar can be used with this tokenizer
     */
    public Lease lease(Object key, Supplier<Rule> root) {
        Lease known = known(key);
        if (known != null) {
            return known;
        }
        Masks shared = masks();
        Grammar grammar = Grammar.of(root.get());
        long needed = AUTOMATON_BYTES + INSTRUCTION_BYTES * grammar.size();
        synchronized (this) {
            Lease meanwhile = known(key);
            if (meanwhile != null) {
                return meanwhile;
            }
            shrink(MAX_BYTES - needed);
            if (bytes + needed > MAX_BYTES) {
                throw new Exhausted();
            }
            Entry entry = new Entry(new GrammarMatcher.Shared(grammar, shared), needed);
            entry.users++;
            entries.put(key, entry);
            bytes += needed;
            return new Lease(entry);
        }
    }

    private synchronized @Nullable Lease known(Object key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        entry.users++;
        return new Lease(entry);
    }

    private synchronized Masks masks() {
        if (masks == null) {
            masks = new Masks(vocabulary.get(), MASK_BYTES);
        }
        if (!masks.isPossible()) {
            throw new NotPossible();
        }
        return masks;
    }

    /** Forgets grammars that nobody uses, those used last at last, until they take no more. */
    private synchronized void shrink(long most) {
        for (Iterator<Entry> oldest = entries.values().iterator(); bytes > most && oldest.hasNext(); ) {
            Entry entry = oldest.next();
            if (entry.users == 0) {
                bytes -= entry.bytes;
                oldest.remove();
            }
        }
    }

    @Override
    public void close() {
        computing.close();
    }
}
