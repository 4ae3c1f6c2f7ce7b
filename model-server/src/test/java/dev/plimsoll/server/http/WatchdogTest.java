package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a step counts as one that does not end. */
class WatchdogTest {
    @Test
    void onlyAStepBeyondTheLimitHangs() {
        assertThat(hangs(Duration.ZERO)).isFalse();
        assertThat(hangs(Duration.ofMinutes(5))).isFalse();
        assertThat(hangs(Duration.ofSeconds(301))).isTrue();
    }

    private static boolean hangs(Duration step) {
        return new Watchdog(Duration.ofMinutes(5), () -> step).hangs();
    }
}
