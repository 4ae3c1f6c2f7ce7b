package dev.plimsoll.server.engine;

import dev.plimsoll.server.placement.CachePages;
import java.util.Arrays;

/**
 * Who has which page of the KV cache. Sequences take pages as they grow and share full ones: a page is held by as many
 * block tables as its count of references says, and is written by none but the one that took it. A full page whose
 * tokens were written can be {@linkplain #publish published}: a later prompt that begins with the same tokens takes it
 * instead of computing it again. Pages that nobody holds keep their tokens until they are needed, least recently used
 * first.
 *
 * <p>Pure arithmetic: the tensors are the engine's. For one thread.
 */
public final class KvCache {
    /** Tokens of a page. */
    public static final int PAGE_TOKENS = CachePages.TOKENS;

    private static final int NONE = -1;

    private final int pages;
    private final int[] references;
    private final PrefixIndex index;

    /** Doubly linked list of pages that nobody holds; the first is taken first. Index {@code pages} is its end. */
    private final int[] after;

    private final int[] before;
    private int unheld;

    private long lookedUp;
    private long found;

    /** A cache whose pages are all free. */
    public KvCache(int pages) {
        this.pages = pages;
        this.references = new int[pages];
        this.index = new PrefixIndex(pages);
        this.after = new int[pages + 1];
        this.before = new int[pages + 1];
        Arrays.setAll(after, i -> i == pages ? 0 : i + 1);
        Arrays.setAll(before, i -> i == 0 ? pages : i - 1);
        this.unheld = pages;
    }

    /** Pages in all. */
    public int pages() {
        return pages;
    }

    /** Pages that can be taken: nobody holds them, though a prefix may still be found in some. */
    public int available() {
        return unheld;
    }

    /** Pages that so many tokens need. */
    public static int pagesFor(int tokens) {
        return Math.ceilDiv(tokens, PAGE_TOKENS);
    }

    /** Prompt tokens that were looked for by {@link #share} so far. */
    public long tokensLookedUp() {
        return lookedUp;
    }

    /** Prompt tokens that {@link #share} found so far. */
    public long tokensFound() {
        return found;
    }

    /**
     * Pages that {@link #share} and {@link #extend} together would take from those that are available, for a sequence with
     * these tokens.
     */
    public int needed(int[] tokens, int length) {
        int needed = pagesFor(length);
        long node = PrefixIndex.ROOT;
        for (int first = 0; first + PAGE_TOKENS < length; first += PAGE_TOKENS) {
            int page = index.find(node, tokens, first);
            if (page == NONE) {
                break;
            }
            node = index.node(page);
            needed -= references[page] > 0 ? 1 : 0;
        }
        return needed;
    }

    /**
     * Gives an empty block table the published pages that hold the longest prefix of a prompt, less its last token, which
     * must be computed for its logits.
     *
     * @param length tokens of the prompt
     * @return tokens of that prefix: a multiple of {@link #PAGE_TOKENS} less than {@code length}
     */
    public int share(BlockTable table, int[] tokens, int length) {
        if (table.count() > 0) {
            throw new IllegalStateException("a block table that has pages already");
        }
        int first = 0;
        for (; first + PAGE_TOKENS < length; first += PAGE_TOKENS) {
            int page = index.find(table.node(), tokens, first);
            if (page == NONE) {
                break;
            }
            hold(page);
            table.add(page);
            table.publish(index.node(page));
        }
        lookedUp += length;
        found += first;
        return first;
    }

    /**
     * Takes pages until a block table has room for so many tokens.
     *
     * @return false when there are not enough: then nothing is taken
     */
    public boolean extend(BlockTable table, int tokens) {
        int wanted = pagesFor(tokens) - table.count();
        if (wanted > unheld) {
            return false;
        }
        for (int i = 0; i < wanted; i++) {
            table.add(take(table));
        }
        return true;
    }

    /** The page behind the last one, where it is free and holds no prefix: contiguous pages are read without a copy. */
    private int take(BlockTable table) {
        int neighbour = table.count() == table.dropped() ? NONE : table.page(table.count() - 1) + 1;
        int page = neighbour != NONE && neighbour < pages && references[neighbour] == 0 && !index.contains(neighbour)
                ? neighbour
                : after[pages];
        if (index.contains(page)) {
            index.remove(page);
        }
        hold(page);
        return page;
    }

    private void hold(int page) {
        if (references[page]++ == 0) {
            after[before[page]] = after[page];
            before[after[page]] = before[page];
            unheld--;
        }
    }

    /**
     * Lets the full pages among a sequence's first tokens be found by later prompts. Their keys and values must be written,
     * or be written by a step that was begun.
     *
     * @param tokens of the sequence
     * @param length how many of them were given to steps
     */
    public void publish(BlockTable table, int[] tokens, int length) {
        while ((table.published() + 1) * PAGE_TOKENS <= length && table.published() < table.count()) {
            int place = table.published();
            int known = index.find(table.node(), tokens, place * PAGE_TOKENS);
            if (known == NONE && place >= table.dropped()) {
                known = table.page(place);
                index.add(known, table.node(), tokens, place * PAGE_TOKENS);
            }
            if (known == NONE) {
                return;
            }
            table.publish(index.node(known));
        }
    }

    /** Gives back the pages that hold only tokens before {@code first}: no later row of the sequence reads them. */
    public void dropBefore(BlockTable table, int first) {
        while (table.dropped() < Math.min(first / PAGE_TOKENS, table.count())) {
            int page = table.page(table.dropped());
            table.dropFirst();
            giveBack(page);
        }
    }

    /** Gives all pages of a block table back. */
    public void release(BlockTable table) {
        for (int i = table.count() - 1; i >= table.dropped(); i--) {
            giveBack(table.page(i));
        }
        table.clear();
    }

    /** What can be found goes behind everything else; a prefix goes behind what it is a prefix of. */
    private void giveBack(int page) {
        if (--references[page] > 0) {
            return;
        }
        int follower = index.contains(page) ? pages : after[pages];
        int leader = before[follower];
        after[leader] = page;
        before[page] = leader;
        after[page] = follower;
        before[follower] = page;
        unheld++;
    }

    /** Block tables that hold a page. */
    int references(int page) {
        return references[page];
    }
}
