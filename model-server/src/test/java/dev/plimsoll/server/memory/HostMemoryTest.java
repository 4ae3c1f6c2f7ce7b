package dev.plimsoll.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Bytes of {@code /proc/self/status}, each under its own name. */
class HostMemoryTest {
    private static final String STATUS = """
            Name:\tjava
            State:\tS (sleeping)
            VmPeak:\t 2667476 kB
            VmHWM:\t  702276 kB
            VmRSS:\t  701000 kB
            RssAnon:\t  600000 kB
            RssFile:\t  100000 kB
            RssShmem:\t    1000 kB
            Threads:\t24
            """;

    @Test
    void everyKindIsReadInBytes() {
        HostMemory memory = HostMemory.parse(STATUS);
        assertThat(memory)
                .isEqualTo(new HostMemory(
                        600_000L * 1024, 1000L * 1024, 100_000L * 1024, 701_000L * 1024, 702_276L * 1024));
    }

    @Test
    void filePagesAreNotPromised() {
        assertThat(HostMemory.parse(STATUS).promised()).isEqualTo(601_000L * 1024);
    }

    @Test
    void aFieldThatIsMissingIsNotZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostMemory.parse(STATUS.replace("RssAnon", "Anon")))
                .withMessageContaining("RssAnon");
    }

    @Test
    void thisProcessIsMadeOfItsKinds() {
        HostMemory now = HostMemory.read().orElseThrow();
        assertThat(now.anonymous()).isPositive();
        assertThat(now.residentPeak()).isGreaterThanOrEqualTo(now.resident());
        assertThat(now.resident()).isEqualTo(now.anonymous() + now.shared() + now.file());
    }

    @Test
    void measuresOnceWhatIsNoMoreThanExpectedAndTakesTheLesserOfTwoOtherwise() {
        assertThat(leastOf(100, 100, 50)).hasValue(100);
        assertThat(leastOf(100, 150, 130, 80, 70)).hasValue(80);
        assertThat(leastOf(100, 150, 180, 160, 170)).hasValue(150);
        assertThat(HostMemory.leastNeeded(OptionalLong::empty, 100)).isEmpty();
    }

    private static OptionalLong leastOf(long expected, long... measured) {
        var next = Arrays.stream(measured).iterator();
        return HostMemory.leastNeeded(() -> OptionalLong.of(next.nextLong()), expected);
    }
}
