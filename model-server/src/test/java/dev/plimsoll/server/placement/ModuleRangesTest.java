package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModuleRangesTest {
    @Test
    void numbersInARowAreOneName() {
        List<String> modules = Stream.of(
                        Stream.of("model.embed_tokens"),
                        IntStream.range(0, 22).mapToObj(i -> "model.layers." + i),
                        Stream.of("model.layers.30", "model.layers.32", "model.layers.33", "model.norm", "lm_head"))
                .flatMap(names -> names)
                .toList();

        assertThat(ModuleRanges.fold(modules))
                .containsExactly(
                        "model.embed_tokens",
                        "model.layers.0-21",
                        "model.layers.30",
                        "model.layers.32-33",
                        "model.norm",
                        "lm_head");
    }

    @Test
    void numbersOfDifferentParentsAreNot() {
        assertThat(ModuleRanges.fold(List.of("encoder.0", "decoder.1", "decoder.3", "h.01", "1", "2")))
                .containsExactly("encoder.0", "decoder.1", "decoder.3", "h.01", "1", "2");
    }
}
