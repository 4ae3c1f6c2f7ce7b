package dev.plimsoll.server.engine;

import java.util.Arrays;

/**
 * The pages of one sequence, in the order of its tokens. {@link KvCache} alone changes it; at the end of a sequence it is
 * to be {@linkplain KvCache#release released}.
 */
public final class BlockTable {
    /** For inputs that need no cache. */
    public static final BlockTable NONE = new BlockTable();

    private int[] pages = new int[8];
    private int count;
    /** Pages at the front that a window has left behind. */
    private int dropped;
    /** Full pages that were made findable, and what the last of them is in the prefix index. */
    private int published;

    private long node = PrefixIndex.ROOT;

    /** Tokens that it has pages for. */
    public int capacity() {
        return count * KvCache.PAGE_TOKENS;
    }

    /** Pages, those that were given back for lying before a window included. */
    int count() {
        return count;
    }

    int dropped() {
        return dropped;
    }

    int page(int index) {
        return pages[index];
    }

    int published() {
        return published;
    }

    long node() {
        return node;
    }

    void add(int page) {
        if (count == pages.length) {
            pages = Arrays.copyOf(pages, 2 * count);
        }
        pages[count++] = page;
    }

    /** The next page is known as a node of the prefix index. */
    void publish(long known) {
        node = known;
        published++;
    }

    /** The first page is no longer held; in the table of a step the first one that is stands for it. */
    void dropFirst() {
        dropped++;
    }

    void clear() {
        count = 0;
        dropped = 0;
        published = 0;
        node = PrefixIndex.ROOT;
    }

    void copyTo(int[] target, int from, int pageCount) {
        if (pageCount > count) {
            throw new IllegalStateException(pageCount + " pages of a block table that has " + count);
        }
        int gone = Math.min(dropped, pageCount - 1);
        Arrays.fill(target, from, from + gone, pages[gone]);
        System.arraycopy(pages, gone, target, from + gone, pageCount - gone);
    }
}
