package dev.plimsoll.server.engine;

import java.util.Arrays;

/**
 * Finds full pages by what they hold: a page's key is the page before it and its tokens, so that a chain of pages is a
 * prefix of a prompt. Compares tokens, not hashes alone: no other sequence's cache is ever taken for one's own. A page
 * that was forgotten is no prefix of anything any more: nodes are numbered anew each time.
 */
final class PrefixIndex {
    /** Before the first page. */
    static final long ROOT = 0;

    private static final int EMPTY = -1;

    private final int[] tokens;
    private final long[] parents;
    private final long[] nodes;
    private final int[] next;
    private final int[] buckets;
    private long lastNode = ROOT;

    PrefixIndex(int pages) {
        this.tokens = new int[pages * KvCache.PAGE_TOKENS];
        this.parents = new long[pages];
        this.nodes = new long[pages];
        this.next = new int[pages];
        this.buckets = new int[Integer.highestOneBit(Math.max(1, pages)) << 1];
        Arrays.fill(buckets, EMPTY);
    }

    /** The page that holds these tokens behind a node, or -1. */
    int find(long parent, int[] ids, int from) {
        int page = buckets[bucket(parent, ids, from)];
        while (page != EMPTY && !holds(page, parent, ids, from)) {
            page = next[page];
        }
        return page;
    }

    private boolean holds(int page, long parent, int[] ids, int from) {
        int first = page * KvCache.PAGE_TOKENS;
        return parents[page] == parent
                && Arrays.equals(tokens, first, first + KvCache.PAGE_TOKENS, ids, from, from + KvCache.PAGE_TOKENS);
    }

    /** Whether a page can be found. */
    boolean contains(int page) {
        return nodes[page] != ROOT;
    }

    /** What a page is as the one before others. */
    long node(int page) {
        return nodes[page];
    }

    /** Lets a page be found; none with this content can be yet. */
    void add(int page, long parent, int[] ids, int from) {
        System.arraycopy(ids, from, tokens, page * KvCache.PAGE_TOKENS, KvCache.PAGE_TOKENS);
        parents[page] = parent;
        nodes[page] = ++lastNode;
        int bucket = bucket(parent, ids, from);
        next[page] = buckets[bucket];
        buckets[bucket] = page;
    }

    void remove(int page) {
        int bucket = bucket(parents[page], tokens, page * KvCache.PAGE_TOKENS);
        if (buckets[bucket] == page) {
            buckets[bucket] = next[page];
        } else {
            int before = buckets[bucket];
            while (next[before] != page) {
                before = next[before];
            }
            next[before] = next[page];
        }
        nodes[page] = ROOT;
    }

    private int bucket(long parent, int[] ids, int from) {
        long hash = parent * 0x9e3779b97f4a7c15L;
        for (int i = from; i < from + KvCache.PAGE_TOKENS; i++) {
            hash = (hash ^ ids[i]) * 0xbf58476d1ce4e5b9L;
            hash ^= hash >>> 29;
        }
        return (int) (hash >>> 20) & (buckets.length - 1);
    }
}
