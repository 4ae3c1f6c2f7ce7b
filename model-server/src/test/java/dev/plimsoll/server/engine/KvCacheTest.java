package dev.plimsoll.server.engine;

import static dev.plimsoll.server.engine.KvCache.PAGE_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No page has two owners unless they share what it holds, and none is lost. */
class KvCacheTest {
    private final KvCache cache = new KvCache(8);

    @Test
    void aSequenceTakesPagesAsItGrowsAndGivesThemBack() {
        BlockTable table = new BlockTable();
        assertThat(cache.extend(table, 1)).isTrue();
        assertThat(table.capacity()).isEqualTo(PAGE_TOKENS);
        assertThat(cache.extend(table, PAGE_TOKENS)).isTrue();
        assertThat(cache.available()).isEqualTo(7);
        assertThat(cache.extend(table, 3 * PAGE_TOKENS + 1)).isTrue();
        assertThat(cache.available()).isEqualTo(4);
        cache.release(table);
        assertThat(cache.available()).isEqualTo(8);
        assertThat(table.capacity()).isZero();
    }

    @Test
    void whereThereAreNotEnoughPagesNoneIsTaken() {
        BlockTable table = new BlockTable();
        assertThat(cache.extend(table, 9 * PAGE_TOKENS)).isFalse();
        assertThat(table.capacity()).isZero();
        assertThat(cache.available()).isEqualTo(8);
    }

    @Test
    void aLaterPromptTakesThePagesOfItsPrefixLessItsLastToken() {
        BlockTable first = written(prompt(1, 40));
        BlockTable second = new BlockTable();
        assertThat(cache.share(second, prompt(1, 40), 40)).isEqualTo(32);
        assertThat(pages(second)).isEqualTo(pages(first).subList(0, 2));
        assertThat(cache.references(first.page(0))).isEqualTo(2);
        assertThat(cache.references(first.page(2))).isOne();

        BlockTable whole = new BlockTable();
        assertThat(cache.share(whole, prompt(1, 32), 32))
                .as("its last token must be computed")
                .isEqualTo(16);
        assertThat(cache.tokensLookedUp()).isEqualTo(72);
        assertThat(cache.tokensFound()).isEqualTo(48);
    }

    @Test
    void aPageIsFoundOnlyBehindTheSamePages() {
        int[] tokens = prompt(1, 48);
        written(tokens);
        int[] other = tokens.clone();
        other[0]++;
        assertThat(cache.share(new BlockTable(), other, 48)).isZero();
        int[] later = tokens.clone();
        later[20]++;
        assertThat(cache.share(new BlockTable(), later, 48)).isEqualTo(16);
        assertThat(cache.share(new BlockTable(), Arrays.copyOfRange(tokens, 16, 48), 32))
                .isZero();
    }

    @Test
    void whatNobodyHoldsIsFoundUntilItsPagesAreNeeded() {
        BlockTable first = written(prompt(1, 48));
        cache.release(first);
        assertThat(cache.available()).isEqualTo(8);
        BlockTable again = new BlockTable();
        assertThat(cache.needed(prompt(1, 48), 48)).isEqualTo(3);
        assertThat(cache.share(again, prompt(1, 48), 48)).isEqualTo(32);
        cache.release(again);

        BlockTable large = new BlockTable();
        assertThat(cache.extend(large, 6 * PAGE_TOKENS)).isTrue();
        assertThat(cache.share(new BlockTable(), prompt(1, 48), 48))
                .as("the end of a prefix goes before its beginning")
                .isEqualTo(32);
    }

    @Test
    void whatWasNotUsedForLongestGoesFirst() {
        BlockTable older = written(prompt(1, 32));
        BlockTable newer = written(prompt(2, 32));
        cache.release(newer);
        cache.release(older);
        BlockTable large = new BlockTable();
        assertThat(cache.extend(large, 6 * PAGE_TOKENS)).isTrue();
        assertThat(cache.share(new BlockTable(), prompt(2, 32), 32)).isZero();
        assertThat(cache.share(new BlockTable(), prompt(1, 32), 32)).isEqualTo(16);
    }

    @Test
    void sequencesThatComputedTheSameKeepTheirOwnPages() {
        BlockTable first = new BlockTable();
        BlockTable second = new BlockTable();
        cache.extend(first, 32);
        cache.extend(second, 32);
        cache.publish(first, prompt(1, 32), 32);
        cache.publish(second, prompt(1, 32), 32);
        assertThat(pages(first)).doesNotContainAnyElementsOf(pages(second));
        BlockTable third = new BlockTable();
        cache.share(third, prompt(1, 40), 40);
        assertThat(pages(third)).isEqualTo(pages(first));
    }

    @Test
    void aWindowGivesPagesBackThatLieBeforeIt() {
        BlockTable table = written(prompt(1, 64));
        cache.dropBefore(table, 33);
        assertThat(cache.available()).isEqualTo(6);
        assertThat(cache.extend(table, 5 * PAGE_TOKENS)).isTrue();
        assertThat(table.capacity()).isEqualTo(5 * PAGE_TOKENS);
        cache.release(table);
        assertThat(cache.available()).isEqualTo(8);
    }

    @Test
    void pagesOfOneSequenceLieBehindEachOtherWhereTheyCan() {
        BlockTable table = new BlockTable();
        cache.extend(table, 8 * PAGE_TOKENS);
        List<Integer> pages = pages(table);
        assertThat(pages)
                .isEqualTo(IntStream.range(0, 8)
                        .mapToObj(i -> pages.getFirst() + i)
                        .toList());
    }

    /** What each page holds is written down beside the cache, and looked at through every table that has it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverHappensEveryTableFindsItsOwnTokens(long seed) {
        Random random = new Random(seed);
        KvCache small = new KvCache(24);
        int[][] content = new int[24][PAGE_TOKENS];
        Map<BlockTable, int[]> running = new HashMap<>();
        Map<BlockTable, Integer> lengths = new HashMap<>();
        int shared = 0;
        for (int turn = 0; turn < 4000; turn++) {
            if (random.nextInt(3) == 0) {
                BlockTable table = new BlockTable();
                int[] tokens = prompt(random.nextInt(3), 16 + random.nextInt(80));
                for (int i = 16 * random.nextInt(6); i < tokens.length; i++) {
                    tokens[i] += random.nextInt(2);
                }
                int before = small.available();
                int needed = small.needed(tokens, tokens.length);
                int found = small.share(table, tokens, tokens.length);
                shared += found;
                if (small.extend(table, tokens.length)) {
                    assertThat(before - small.available()).isEqualTo(needed);
                    running.put(table, tokens);
                    lengths.put(table, found);
                } else {
                    small.release(table);
                    assertThat(small.available()).isEqualTo(before);
                }
            }
            for (BlockTable table : List.copyOf(running.keySet())) {
                int[] tokens = Objects.requireNonNull(running.get(table));
                int length = Objects.requireNonNull(lengths.get(table));
                int next = Math.min(tokens.length, length + random.nextInt(20));
                for (int i = length; i < next; i++) {
                    assertThat(small.references(table.page(i / PAGE_TOKENS)))
                            .as("written alone")
                            .isOne();
                    content[table.page(i / PAGE_TOKENS)][i % PAGE_TOKENS] = tokens[i];
                }
                for (int i = table.dropped() * PAGE_TOKENS; i < next; i++) {
                    assertThat(content[table.page(i / PAGE_TOKENS)][i % PAGE_TOKENS])
                            .isEqualTo(tokens[i]);
                }
                lengths.put(table, next);
                small.publish(table, tokens, next);
                if (random.nextInt(8) == 0) {
                    small.dropBefore(table, random.nextInt(next + 1));
                }
                if (random.nextInt(6) == 0) {
                    small.release(table);
                    running.remove(table);
                    lengths.remove(table);
                }
            }
            Map<Integer, Integer> holders = new HashMap<>();
            running.keySet().forEach(table -> pages(table).forEach(page -> holders.merge(page, 1, Integer::sum)));
            for (int page = 0; page < 24; page++) {
                assertThat(small.references(page)).isEqualTo(holders.getOrDefault(page, 0));
            }
            assertThat(small.available()).isEqualTo(24 - holders.size());
        }
        assertThat(shared).isPositive();
    }

    private BlockTable written(int[] tokens) {
        BlockTable table = new BlockTable();
        assertThat(cache.extend(table, tokens.length)).isTrue();
        cache.publish(table, tokens, tokens.length);
        return table;
    }

    private static int[] prompt(int start, int length) {
        return IntStream.range(0, length).map(i -> 10 * (start + i)).toArray();
    }

    private static List<Integer> pages(BlockTable table) {
        List<Integer> pages = new ArrayList<>();
        for (int i = table.dropped(); i < table.count(); i++) {
            pages.add(table.page(i));
        }
        Set<Integer> distinct = new HashSet<>(pages);
        assertThat(distinct).hasSameSizeAs(pages);
        return pages;
    }
}
