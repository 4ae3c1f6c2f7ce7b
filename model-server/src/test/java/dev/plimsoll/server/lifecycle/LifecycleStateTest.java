package dev.plimsoll.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.Phase;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LifecycleStateTest {
    @Test
    void whichPhaseMayFollowWhich() {
        Map<Phase, List<Phase>> table = Phase.KNOWN.stream()
                .collect(Collectors.toMap(now -> now, now -> Phase.KNOWN.stream()
                        .filter(next -> LifecycleState.mayFollow(now, next))
                        .toList()));
        assertThat(table)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        Phase.Starting, List.of(Phase.Loading, Phase.Draining, Phase.Failed),
                        Phase.Planning, List.of(),
                        Phase.Loading, List.of(Phase.WarmingUp, Phase.Serving, Phase.Draining, Phase.Failed),
                        Phase.WarmingUp, List.of(Phase.Serving, Phase.Draining, Phase.Failed),
                        Phase.Serving, List.of(Phase.Draining, Phase.Failed),
                        Phase.Draining, List.of(Phase.Failed),
                        Phase.Failed, List.of(),
                        Phase.Unknown, List.of()));
    }

    @Test
    void whatFailedOrDrainsNeverServesAgain() {
        LifecycleState state = new LifecycleState();
        assertThat(state.advanced(Phase.Loading)).isTrue();
        assertThat(state.advanced(Phase.Serving)).isTrue();
        assertThat(state.advanced(Phase.Draining)).isTrue();
        assertThat(state.advanced(Phase.Serving)).isFalse();
        assertThat(state.phase()).isEqualTo(Phase.Draining);
        assertThat(state.advanced(Phase.Failed)).isTrue();
        assertThat(state.advanced(Phase.Draining)).isFalse();
        assertThat(state.phase()).isEqualTo(Phase.Failed);
    }

    @Test
    void oneOfManyThreadsMakesAChange() throws Exception {
        LifecycleState state = new LifecycleState();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> made =
                    threads.invokeAll(Collections.nCopies(64, (Callable<Boolean>) () -> state.advanced(Phase.Loading)));
            int changes = 0;
            for (Future<Boolean> change : made) {
                changes += change.get() ? 1 : 0;
            }
            assertThat(changes).isEqualTo(1);
        }
    }
}
