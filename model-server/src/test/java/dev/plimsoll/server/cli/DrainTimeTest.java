package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainTimeTest {
    @Test
    void withoutWordFromOutsideTheServerPausesItself() {
        assertThat(DrainTime.of(null).limit()).isEqualTo(Duration.ofSeconds(45));
        assertThat(DrainTime.of(null).settings()).isEmpty();
    }

    @Test
    void whoHasPausedBeforeSaysHowLongRequestsHave() {
        DrainTime told = DrainTime.of("105");
        assertThat(told.limit()).isEqualTo(Duration.ofSeconds(105));
        assertThat(told.settings())
                .containsEntry("quarkus.shutdown.delay", "0S")
                .containsEntry("quarkus.shutdown.timeout", "110S");
    }

    @Test
    void whatIsNoNumberIsNoTime() {
        assertThatThrownBy(() -> DrainTime.of("soon")).isInstanceOf(NumberFormatException.class);
    }
}
