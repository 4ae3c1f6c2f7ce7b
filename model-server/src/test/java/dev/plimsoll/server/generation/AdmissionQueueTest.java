package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.generation.AdmissionQueue.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and how many may wait. */
class AdmissionQueueTest {
    private final AdmissionQueue<String> queue = new AdmissionQueue<>(1000, 10_000);

    @Test
    void oneClientsRequestsComeInTheirOrder() {
        offer(0, "a", "a1", "a2");
        offer(0, "a", "a3");
        assertThat(all()).containsExactly("a1", "a2", "a3");
    }

    @Test
    void aThousandRequestsOfOneClientDelayAnothersByOne() {
        IntStream.range(0, 900).forEach(i -> offer(0, "many", "many" + i));
        offer(0, "one", "one");
        assertThat(all().indexOf("one")).isEqualTo(1);
    }

    @Test
    void clientsTakeTurnsWhenSomeComeLater() {
        offer(0, "a", "a1", "a2", "a3");
        assertThat(queue.remove()).isEqualTo("a1");
        offer(0, "b", "b1", "b2");
        offer(0, "c", "c1");
        assertThat(all()).containsExactly("a2", "b1", "c1", "a3", "b2");
    }

    @Test
    void theLowestPriorityNumberGoesFirst() {
        offer(1, "a", "late");
        offer(-1, "b", "early");
        offer(0, "c", "between");
        assertThat(queue.element()).isEqualTo("early");
        assertThat(all()).containsExactly("early", "between", "late");
    }

    @Test
    void aBatchCountsAsOneRequestUntilItsLastPartHasGone() {
        AdmissionQueue<String> small = new AdmissionQueue<>(1, 100);
        assertThat(small.offer(0, "a", parts(1, "1", "2", "3"))).isTrue();
        assertThat(small.offer(0, "b", parts(1, "4"))).isFalse();
        small.remove();
        small.remove();
        assertThat(small.requests()).isEqualTo(1);
        small.remove();
        assertThat(small.requests()).isZero();
        assertThat(small.offer(0, "b", parts(1, "4"))).isTrue();
    }

    @Test
    void tokensTogetherAreBoundedButOneRequestAlwaysFits() {
        AdmissionQueue<String> small = new AdmissionQueue<>(10, 100);
        assertThat(small.offer(0, "a", parts(200, "large"))).isTrue();
        assertThat(small.offer(0, "a", parts(1, "small"))).isFalse();
        small.remove();
        assertThat(small.tokens()).isZero();
        assertThat(small.offer(0, "a", parts(60, "half"))).isTrue();
        assertThat(small.offer(0, "a", parts(60, "half"))).isFalse();
        assertThat(small.tokens()).isEqualTo(60);
    }

    @Test
    void whatIsRemovedIsToldAndCountsNoMore() {
        offer(0, "a", "a1", "a2");
        offer(0, "b", "b1");
        offer(1, "c", "c1");
        List<String> dropped = new ArrayList<>();
        queue.removeIf(name -> !name.equals("a2"), dropped::add);
        assertThat(dropped).containsExactlyInAnyOrder("a1", "b1", "c1");
        assertThat(queue.requests()).isEqualTo(1);
        assertThat(queue.tokens()).isEqualTo(1);
        assertThat(all()).containsExactly("a2");
        assertThat(queue.isEmpty()).isTrue();
        assertThatThrownBy(queue::remove).isInstanceOf(NoSuchElementException.class);
    }

    private void offer(int priority, String client, String... names) {
        assertThat(queue.offer(priority, client, parts(1, names))).isTrue();
    }

    private static List<Part<String>> parts(int tokens, String... names) {
        return Stream.of(names).map(name -> new Part<>(name, tokens)).toList();
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        while (!queue.isEmpty()) {
            all.add(queue.remove());
        }
        return all;
    }
}
