package dev.plimsoll.server.openai.structured;

import dev.plimsoll.server.generation.SequenceConstraint;
import dev.plimsoll.server.grammar.GrammarMatcher;
import dev.plimsoll.server.grammar.TokenMask;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One answer's way through a grammar; it may end where the grammar's text is complete, and nowhere else. */
final class GrammarConstraint implements SequenceConstraint {
    private static final Logger LOG = Logger.getLogger(GrammarConstraint.class);
    private static final TokenMask NONE = new TokenMask.Few(new int[0]);

    private final GrammarMatcher text;
    private final Set<Integer> endIds;
    private final Executor computing;
    private final String request;
    private volatile Runnable wake = () -> {};
    private volatile @Nullable TokenMask next;

    /**
     * A text that begins.
     *
     * @param endIds tokens that end it
     * @param computing where it is found out what may come next
     * @param request its name, for logs
     */
    GrammarConstraint(GrammarMatcher text, Set<Integer> endIds, Executor computing, String request) {
        this.text = text;
        this.endIds = endIds;
        this.computing = computing;
        this.request = request;
        this.next = text.mask();
    }

    @Override
    public boolean isReady() {
        return next != null;
    }

    @Override
    public boolean isOver() {
        return text.isOver();
    }

    @Override
    public void whenReady(Runnable then) {
        wake = then;
    }

    @Override
    public void allow(long[] allowed) {
        TokenMask mask = next;
        if (mask != null) {
            mask.addTo(allowed);
        }
        if (text.isComplete()) {
            endIds.forEach(id -> allowed[id / Long.SIZE] |= 1L << id);
        }
    }

    @Override
    public void accept(int token) {
        if (!text.accept(token)) {
            if (endIds.contains(token)) {
                return;
            }
            throw new IllegalStateException("token " + token + " was chosen, which may not come here");
        }
        next = text.isOver() ? NONE : text.known();
        if (next == null) {
            computing.execute(this::compute);
        }
    }

    private void compute() {
        try {
            next = text.mask();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            LOG.errorf(e, "request %s: what may come next in its answer could not be found", request);
            next = NONE;
        }
        wake.run();
    }
}
