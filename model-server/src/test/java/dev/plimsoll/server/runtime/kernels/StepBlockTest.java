package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.TokenConstraint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepBlockTest {
    private static final EngineLimits LIMITS = new EngineLimits(6, 200, 300, 40, 100, 0, 0, 2);
    private static final SamplingParameters GREEDY = SamplingParameters.greedy();

    private final KvCache cache = new KvCache(LIMITS.pages());
    private final MemorySegment memory = Arena.ofAuto().allocate(StepBlock.bytes(LIMITS), 16);
    private final StepBlock block = new StepBlock(LIMITS, memory);
    private final StepInput input = new StepInput(LIMITS);

    private BlockTable table(int tokens) {
        BlockTable table = new BlockTable();
        assertThat(cache.extend(table, tokens)).isTrue();
        return table;
    }

    private int[] words(int from, int count) {
        return IntStream.range(from, from + count)
                .map(i -> memory.getAtIndex(ValueLayout.JAVA_INT, i))
                .toArray();
    }

    private float real(int word) {
        return memory.getAtIndex(ValueLayout.JAVA_FLOAT, word);
    }

    @Test
    void decodeRowsAreFilledUpToTheRowsOfAGraph() {
        input.clear();
        input.decode(7, 15, table(16), GREEDY, 10);
        input.decode(StepInput.chosenBy(0), 32, table(33), GREEDY, 10);
        StepLayout layout = StepLayout.decoding(4);
        assertThat(StepBlock.layout(input)).isEqualTo(StepLayout.decoding(2));

        block.write(input, layout);

        assertThat(words(0, 1)).containsExactly(3);
        assertThat(words(layout.idsAt(), 4)).containsExactly(7, -1, 0, 0);
        assertThat(words(layout.positionsAt(), 4)).containsExactly(15, 32, -1, -1);
        assertThat(words(layout.choicesAt(), 3)).containsExactly(0, 0, 16);
        assertThat(words(layout.choicesAt() + StepLayout.CHOICE_WORDS, 3)).containsExactly(1, 1, 33);
        assertThat(words(layout.choicesAt() + 2 * StepLayout.CHOICE_WORDS, 2)).containsExactly(-1, 0);
        assertThat(words(layout.choicesAt() + 3 * StepLayout.CHOICE_WORDS, 2)).containsExactly(-1, 0);
        assertThat(words(layout.pagesAt(), 1)).containsExactly(0);
        assertThat(words(layout.pagesAt() + 3, 3)).containsExactly(1, 2, 3);
    }

    @Test
    void promptsAreCutIntoTilesAndChooseOnlyAtTheirEnd() {
        int[] ids = IntStream.range(0, 140).map(i -> i % 100).toArray();
        input.clear();
        input.decode(7, 15, table(16), GREEDY, 10);
        input.prompt(ids, 0, 140, table(140), true, GREEDY, 140);
        input.prompt(ids, 0, 20, table(20), false, GREEDY, 140);
        StepLayout layout = StepBlock.layout(input);
        assertThat(layout).isEqualTo(new StepLayout(161, 1, 3, 2));

        block.write(input, layout);

        assertThat(words(layout.rowsAt(), 3)).containsExactly(0, 1, 1);
        assertThat(words(layout.rowsAt() + 140, 2)).containsExactly(1, 2);
        assertThat(words(layout.tilesAt(), 3)).containsExactly(1, 128, 1);
        assertThat(words(layout.tilesAt() + 4, 3)).containsExactly(129, 12, 1);
        assertThat(words(layout.tilesAt() + 8, 3)).containsExactly(141, 20, 2);
        assertThat(words(layout.choicesAt() + StepLayout.CHOICE_WORDS, 4)).containsExactly(1, 140, 140, 140);
        assertThat(layout.tilesAt() % 4).isZero();
    }

    @Test
    void samplingParametersLieAsTheKernelsReadThem() {
        SamplingParameters parameters =
                new SamplingParameters(0.5f, 40, 0.9f, 0.1f, 0.2f, 0.3f, 1.1f, Map.of(17, 2.5f), 1, 4);
        input.clear();
        input.decode(7, 15, table(16), GREEDY, 10);
        int row = input.decode(8, 15, table(16), parameters, 10);
        input.sampling.constrain(row, new TokenConstraint() {
            @Override
            public void allow(long[] allowed) {
                allowed[1] = 1L << 35;
            }

            @Override
            public void accept(int token) {}
        });
        StepLayout layout = StepLayout.decoding(2);

        long bytes = block.write(input, layout);

        int at = layout.choicesAt() + StepLayout.CHOICE_WORDS;
        assertThat(real(at + 4)).isEqualTo(0.5f);
        assertThat(real(at + 5)).isEqualTo(0.9f);
        assertThat(real(at + 6)).isEqualTo(0.1f);
        assertThat(words(at + 7, 1)).containsExactly(40);
        assertThat(real(at + 8)).isEqualTo(0.2f);
        assertThat(real(at + 9)).isEqualTo(0.3f);
        assertThat(real(at + 10)).isEqualTo(1.1f);
        assertThat(real(at + 11)).isEqualTo(input.sampling.draws[1]);
        assertThat(words(at + 12, 4)).containsExactly(0, 1, 0, 4);
        int[] header = words(0, 4);
        assertThat(words(header[1], 1)).containsExactly(17);
        assertThat(real(header[2])).isEqualTo(2.5f);
        // A mask is a bit for each token, in words of 32.
        assertThat(words(header[3] + 3, 1)).containsExactly(1 << 3);
        assertThat(bytes).isEqualTo((header[3] + 4) * 4L);
    }
}
