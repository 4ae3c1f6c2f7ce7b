package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedNamespacesTest {
    @Test
    void noneIsAllOfTheCluster() {
        assertThat(new WatchedNamespaces(List.of()).all()).isTrue();
        assertThat(new WatchedNamespaces(List.of(" ", "")).all()).isTrue();
    }

    @Test
    void thoseThatAreNamedAreWatchedOnceEach() {
        WatchedNamespaces watched = new WatchedNamespaces(List.of("team-b", " team-a", "team-b"));
        assertThat(watched.all()).isFalse();
        assertThat(watched.names()).containsExactlyInAnyOrder("team-a", "team-b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "Team", "a b", "-a", "a.b"})
    void whatIsNoNameIsRefusedByName(String text) {
        assertThatThrownBy(() -> new WatchedNamespaces(List.of("team-a", text)))
                .hasMessageContaining("PLIMSOLL_WATCH_NAMESPACES")
                .hasMessageContaining('"' + text + '"');
    }
}
