package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.StepInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sequences that share the KV cache, and what the next step does for each. Decoding never waits: every sequence that can
 * gets its row, then prompts share tokens that the step has left. Who needs a page when there is none takes it from
 * the sequence that was admitted last, which is read again later (preemption by recomputing): its tokens stay the same.
 */
final class RunningSequences {
    /** Prompt tokens beside which a step of decode rows takes about as long again, and no longer. */
    private static final int UNFELT_TOKENS = 192;

    /** One that waits counts as so many that decode: all of those wait as long as its prompt takes, but once. */
    private static final int MANY = 8;

    private final EngineLimits limits;
    private final KvCache cache;
    private final ConstrainedTurns turns;
    /** In the order of admission. */
    private final List<Sequence> running = new ArrayList<>();
    /** Those that come next: preempted ones, and one that waits for pages. */
    private final Deque<Sequence> next = new ArrayDeque<>();
    /** Those whose listeners take no more for now: they hold neither rows nor pages. In the order in which they paused. */
    private final PausedSequences paused = new PausedSequences();

    private final AtomicLong preemptions = new AtomicLong();

    RunningSequences(EngineLimits limits, KvCache cache) {
        this.limits = limits;
        this.cache = cache;
        this.turns = new ConstrainedTurns(limits);
    }

    List<Sequence> running() {
        return running;
    }

    /** Sequences that are paused. */
    PausedSequences paused() {
        return paused;
    }

    /** Lets those that paused give back what they hold, and those that were resumed be next. */
    void settle() {
        if (paused.isEmpty() && !anyPaused(running) && !anyPaused(next)) {
            return;
        }
        for (Sequence sequence : all()) {
            if (sequence.isPaused() && !sequence.isUnderWay() && !paused.contains(sequence)) {
                remove(sequence);
                paused.add(sequence);
            }
        }
        next.addAll(paused.takeResumed());
    }

    private static boolean anyPaused(Iterable<Sequence> sequences) {
        for (Sequence sequence : sequences) {
            if (sequence.isPaused()) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing runs and nothing is about to. */
    boolean isEmpty() {
        return running.isEmpty() && next.isEmpty();
    }

    /** Whether there are some that run, and none is ready for a step. */
    boolean allSitOut() {
        return !running.isEmpty() && running.stream().noneMatch(one -> one.isReady() || one.isPaused());
    }

    /**
     * Whether those that must know their last token before they choose another are so many that a step without them is a
     * loss: each of them counts twice, since it would take part in every second step.
     */
    boolean areMostlyConstrained() {
        int constrained = 0;
        int others = 0;
        for (Sequence sequence : running) {
            if (sequence.isReady() && !sequence.isPaused()) {
                constrained += sequence.isConstrained() ? 1 : 0;
                others += sequence.isConstrained() ? 0 : 1;
            }
        }
        return 2 * constrained > others;
    }

    int count() {
        return running.size() + next.size();
    }

    /** How often a sequence gave its pages to others so far. */
    long preemptions() {
        return preemptions.get();
    }

    /** Whether another one may be taken from those that wait. */
    boolean hasRoom() {
        return next.isEmpty() && running.size() < limits.maxSequences();
    }

    /** Takes one from those that wait; it runs when it has its pages. */
    void add(Sequence sequence) {
        next.addLast(sequence);
    }

    /**
     * Lets the next one run if there are pages for all that is known of it, and one more for each that runs: so that it
     * is not preempted at once.
     *
     * @return it, or nothing
     */
    boolean admitNext() {
        if (next.isEmpty()
                || running.size() == limits.maxSequences()
                || next.element().isUnderWay()) {
            return false;
        }
        Sequence sequence = next.element();
        if (limits.pages() > 0) {
            int needed = sequence.pagesNeeded(cache) + (running.isEmpty() ? 0 : running.size() + 1);
            if (needed > cache.available()) {
                return false;
            }
            sequence.enter(cache);
        }
        next.remove();
        running.add(sequence);
        return true;
    }

    /** The one that {@link #admitNext} let run last. */
    Sequence last() {
        return running.getLast();
    }

    /** Takes a sequence out and its pages back. */
    void remove(Sequence sequence) {
        if (running.remove(sequence)) {
            sequence.leave(cache);
        } else {
            next.remove(sequence);
            paused.remove(sequence);
        }
    }

    /** All of them, running ones first. */
    List<Sequence> all() {
        List<Sequence> all = new ArrayList<>(running);
        all.addAll(next);
        all.addAll(paused.all());
        return all;
    }

    /**
     * Fills the next step.
     *
     * @param rows takes the sequence of each row
     */
    void compose(StepInput input, List<Sequence> rows) {
        input.clear();
        rows.clear();
        if (limits.encodes()) {
            encode(input, rows);
            return;
        }
        Set<Sequence> sitOut = turns.sitOut(running);
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.decodes() && !sitOut.contains(sequence) && hasPage(sequence)) {
                slide(sequence);
                sequence.decode(input, cache);
                rows.add(sequence);
            }
        }
        score(input, rows);
        int left = promptTokens(rows.size(), input.room());
        for (Sequence sequence : running) {
            if (sequence.prefills() && left > 0 && !sitOut.contains(sequence)) {
                int count = Math.min(sequence.unread(), left);
                sequence.prefill(input, count, cache);
                rows.add(sequence);
                left -= count;
            }
        }
    }

    /**
     * Prompt tokens of the next step. Where sequences that wait for their prompts are many beside those that decode, as many
     * as it has room for; else so few that those that decode hardly feel them, but a quarter of what is unread, so that it
     * does not pile up.
     */
    private int promptTokens(int decoding, int room) {
        int waiting = 0;
        long unread = 0;
        for (Sequence sequence : running) {
            if (sequence.prefills()) {
                waiting++;
                unread += sequence.unread();
            }
        }
        return waiting * MANY > decoding ? room : (int) Math.min(room, Math.max(UNFELT_TOKENS, unread / 4));
    }

    /**
     * Prompts whose tokens are told of share the rows that those that decode and other prompts leave, one at least: as many
     * logits as a step has room for.
     */
    private void score(StepInput input, List<Sequence> rows) {
        int scoring = 0;
        int others = 0;
        for (Sequence sequence : running) {
            scoring += sequence.scores() ? 1 : 0;
            others += sequence.prefills() ? 1 : 0;
        }
        if (scoring == 0) {
            return;
        }
        int each = Math.max(1, (limits.maxSequences() - rows.size() - others) / scoring);
        for (Sequence sequence : running) {
            for (int i = 0; i < each && sequence.scores(); i++) {
                sequence.score(input, cache);
                rows.add(sequence);
            }
        }
    }

    private void encode(StepInput input, List<Sequence> rows) {
        for (Sequence sequence : running) {
            if (sequence.unread() > 0 && sequence.unread() <= input.room()) {
                sequence.prefill(input, sequence.unread(), cache);
                rows.add(sequence);
            }
        }
    }

    private void slide(Sequence sequence) {
        if (limits.window() > 0 && !sequence.isPenalized()) {
            sequence.slide(cache, limits.window());
        }
    }

    /** False when the sequence itself was preempted: the others need its pages more. */
    private boolean hasPage(Sequence sequence) {
        while (!sequence.extend(cache)) {
            Sequence victim = running.removeLast();
            victim.leave(cache);
            next.addFirst(victim);
            preemptions.incrementAndGet();
            if (victim == sequence) {
                return false;
            }
        }
        return true;
    }
}
