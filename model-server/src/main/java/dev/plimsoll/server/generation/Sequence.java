package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import java.util.Arrays;
import org.jboss.logging.Logger;

/**
 * One sequence: its tokens, how many of them were given to steps, and its pages of the KV cache while it has some. A
 * step may have been begun whose token is not known yet.
 */
final class Sequence {
    private static final Logger LOG = Logger.getLogger(Sequence.class);

    /** Added to a logit that is to be the largest, whatever the others are. */
    private static final float FORCED = 1e30f;

    private final Outcome outcome;
    private final long deadlineNanos;
    private final int promptTokens;
    private final BlockTable table = new BlockTable();
    private volatile boolean cancelled;
    private volatile boolean paused;
    private boolean entered;
    private boolean ended;
    private int[] tokens;
    /** Tokens that are known. */
    private int known;
    /** Tokens whose keys and values are in the cache, or will be when the steps under way have ended. */
    private int given;
    /** Steps under way that choose a token of it, and its row in the one begun last. */
    private int underWay;

    private int row;

    /** Tokens of the prompt behind which the next one's likelihood is asked for, those of them given, and those told. */
    private final int toScore;

    private int scoring;
    private int scored;

    /**
     * A sequence that waits.
     *
     * @param deadlineNanos by the scheduler's clock
     */
    Sequence(int[] prompt, Outcome outcome, long deadlineNanos) {
        this.tokens = prompt;
        this.known = prompt.length;
        this.promptTokens = prompt.length;
        this.outcome = outcome;
        this.deadlineNanos = deadlineNanos;
        this.toScore = outcome.scoresPrompt() ? prompt.length - 1 : 0;
    }

    void cancel() {
        cancelled = true;
    }

    void pause(boolean now) {
        paused = now;
    }

    boolean isPaused() {
        return paused;
    }

    /** Name of its request, for logs. */
    String request() {
        return outcome.request();
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** It hears of nothing more. */
    boolean hasEnded() {
        return ended;
    }

    boolean isLate(long nowNanos) {
        return nowNanos - deadlineNanos > 0;
    }

    /** Tokens that it keeps. */
    int tokens() {
        return known;
    }

    int promptTokens() {
        return promptTokens;
    }

    boolean isUnderWay() {
        return underWay > 0;
    }

    /** Pages that it would take from those that are available, to read what is known of it. */
    int pagesNeeded(KvCache cache) {
        int shared = shareable();
        return cache.needed(tokens, shared) + KvCache.pagesFor(known) - KvCache.pagesFor(shared);
    }

    /** Tokens that may be found in pages of others: what is still to be told of must be computed. */
    private int shareable() {
        return isScored() ? known : scoring + 1;
    }

    private boolean isScored() {
        return scoring == toScore;
    }

    /** Takes pages for what is known; those of a prefix that was read before need not be read again. */
    void enter(KvCache cache) {
        given = cache.share(table, tokens, shareable());
        if (!cache.extend(table, known)) {
            throw new IllegalStateException("fewer pages than were counted");
        }
    }

    /** Tells its listener once that it waits no longer. */
    void tellAdmitted() {
        if (!entered) {
            entered = true;
            outcome.admitted();
        }
    }

    /** Gives its pages back; what was read must be read again. */
    void leave(KvCache cache) {
        cache.release(table);
        given = 0;
    }

    /** Whether the next step can take exactly one token: a known one, or the one that the step under way chooses. */
    boolean decodes() {
        if (paused || !isScored()) {
            return false;
        }
        boolean ahead = known == given && underWay == 1 && outcome.canRunAhead(known - promptTokens + 1);
        return (known - given == 1 && outcome.isReady()) || ahead;
    }

    /** Whether there are several tokens to be read. */
    boolean prefills() {
        return (isScored() ? known - given > 1 : given < scoring) && !paused && outcome.isReady();
    }

    /** Whether the next step can take a token of the prompt to tell how likely the one behind it is. */
    boolean scores() {
        return !isScored() && given == scoring && !paused;
    }

    /** Whether it can take part in steps now. */
    boolean isReady() {
        return outcome.isReady();
    }

    /** Whether what it generates is held to something. */
    boolean isConstrained() {
        return outcome.isConstrained();
    }

    /** Logits that are biased where its next token is chosen, at most. */
    int biases() {
        return outcome.biases();
    }

    int unread() {
        return isScored() ? known - given : scoring - given;
    }

    /** Takes a page when the next token needs one; false when there is none. */
    boolean extend(KvCache cache) {
        return cache.extend(table, given + 1);
    }

    /** Adds the next token to a step. */
    void decode(StepInput input, KvCache cache) {
        int token = given < known ? tokens[given] : StepInput.chosenBy(row);
        row = input.decode(token, given, table, outcome.sampling(), promptTokens);
        begun(input, 1, true, cache);
    }

    /** Adds a token of the prompt to a step, behind which the next one is chosen whatever is likelier. */
    void score(StepInput input, KvCache cache) {
        row = input.decode(tokens[given], given, table, outcome.scoring(), promptTokens);
        input.sampling.bias(row, tokens[given + 1], FORCED);
        underWay++;
        given++;
        scoring++;
        cache.publish(table, tokens, given);
    }

    /** Adds so many unread tokens to a step. */
    void prefill(StepInput input, int count, KvCache cache) {
        boolean choose = given + count == known;
        row = input.prompt(tokens, given, given + count, table, choose, outcome.sampling(), promptTokens);
        begun(input, count, choose, cache);
    }

    private void begun(StepInput input, int count, boolean choose, KvCache cache) {
        if (choose) {
            outcome.restrict(input.sampling, row, known + underWay - promptTokens);
            underWay++;
        }
        given += count;
        cache.publish(table, tokens, Math.min(given, known));
    }

    /** Whether what comes next depends on all tokens before it. */
    boolean isPenalized() {
        return outcome.sampling().isPenalized();
    }

    /** Gives back pages that hold only tokens before the window of the next one. */
    void slide(KvCache cache, int window) {
        cache.dropBefore(table, given + 1 - window);
    }

    /**
     * Takes the outcome of the oldest step under way that chose a token of it.
     *
     * @return whether the sequence has ended
     */
    boolean accept(StepOutput output, int outputRow, EngineLimits limits) {
        underWay--;
        if (ended || cancelled) {
            return true;
        }
        if (scored < toScore) {
            outcome.scored(tokens[++scored], output, outputRow, limits);
            return false;
        }
        int token = outcome.take(output, outputRow, limits);
        if (token == Outcome.ENDED) {
            ended = true;
            return true;
        }
        if (known == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(limits.maxSequenceTokens(), known + Math.max(64, known / 2)));
        }
        tokens[known++] = token;
        return false;
    }

    /** Tells its listener; what that throws harms nobody else. */
    void fail(Exception cause) {
        if (ended || cancelled) {
            return;
        }
        ended = true;
        try {
            outcome.failed(cause);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.errorf(e, "request %s: its listener failed when it was told of a failure", outcome.request());
        }
    }
}
