package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words that pods and the API server choose, where a log line and an Event hold them. */
class WordsOfOthersTest {
    /** Another line of a log would be the operator's own word. */
    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\nb", "a\u2028b", "a\u0085b", "a\u000bb"})
    void aLogHoldsThemOnOneLine(String words) {
        assertThat(SingleLine.of(words)).isEqualTo("a | b");
    }

    @Test
    void aLogHoldsNoControlCharactersOfTheirs() {
        assertThat(SingleLine.of("\u001b[31mred\u0000\t")).isEqualTo("?[31mred??");
    }

    /** The API server counts bytes, and refuses half a character. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "ä", "語", "\uD83D\uDE00"})
    void aNoteIsCutByBytesAtACharacter(String character) {
        for (int shift = 0; shift < 4; shift++) {
            String cut = EventRecorder.cut("x".repeat(shift) + character.repeat(1200));
            assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1024 - 4, 1024);
            assertThat(cut).endsWith(character + "…").doesNotContain("\uFFFD");
        }
    }

    @Test
    void aNoteThatFitsIsLeftAsItIs() {
        String fits = "ä".repeat(512);
        assertThat(EventRecorder.cut(fits)).isEqualTo(fits);
    }
}
