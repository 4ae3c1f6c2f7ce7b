package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a failure says, it is left as JSON that Kubernetes keeps whole. */
class TerminationMessageTest {
    private static final int KEPT_BYTES = 4096;

    @Test
    void aShortOneIsLeftAsItIs() throws IOException {
        Failure failure =
                new Failure(Reason.GpuBudgetTooSmall, "gpu:0 needs 7Gi", List.of(), List.of("memory.gpu 8Gi"));
        assertThat(read(TerminationMessage.bounded(failure))).isEqualTo(failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "日", "🚢", "\u0001", "\"", "a🚢", "🚢\u0001"})
    void aLongOneIsCutBetweenCharactersToWhatIsKept(String character) throws IOException {
        for (int length : new int[] {600, 1000, 1364, 1365, 2047, 4000, 4096, 100_000}) {
            String message = character.repeat(length);
            byte[] bytes = TerminationMessage.bounded(Failure.of(Reason.InvalidCheckpoint, message));
            assertThat(bytes).hasSizeLessThanOrEqualTo(KEPT_BYTES);
            String kept = read(bytes).message();
            String text = kept.equals(message) ? kept : kept.substring(0, kept.length() - 3);
            assertThat(message).startsWith(text);
            assertThat(text.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
            assertThat(text).isNotEmpty();
        }
    }

    @Test
    void halvesOfSurrogatePairsAreReplaced() throws IOException {
        Failure broken = new Failure(Reason.InvalidCheckpoint, "a\ud83d", List.of(), List.of("\udea2b"));
        Failure left = read(TerminationMessage.bounded(broken));
        assertThat(left.message()).startsWith("a").hasSize(2);
        assertThat(left.wouldFit()).containsExactly("?b");
    }

    @Test
    void manySuggestionsGiveWayToTheMessage() throws IOException {
        Failure failure = new Failure(
                Reason.HostBudgetTooSmall, "the host is full", List.of(), Collections.nCopies(500, "memory.host 8Gi"));
        Failure left = read(TerminationMessage.bounded(failure));
        assertThat(left.reason()).isEqualTo(Reason.HostBudgetTooSmall);
        assertThat(left.message()).startsWith("the host is");
    }

    private static Failure read(byte[] json) throws IOException {
        return new ObjectMapper().readValue(json, Failure.class);
    }
}
