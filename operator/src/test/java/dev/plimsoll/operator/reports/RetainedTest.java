package dev.plimsoll.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.ReplicaReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** All reports together take no more than their bound, and what is alike takes it once. */
class RetainedTest {
    private static final int MODULES = 10_000;

    @Test
    void whatFindsNoRoomIsNotKeptAndWhatIsThereStays() {
        Retained retained = new Retained(4L << 20);
        List<ReplicaReport> kept = new ArrayList<>();
        Optional<ReplicaReport> refused = Optional.empty();
        for (int i = 0; i < 100 && kept.size() == i; i++) {
            refused = retained.replace(null, report("hostile-" + i));
            refused.ifPresent(kept::add);
        }
        assertThat(refused).isEmpty();
        assertThat(kept).hasSizeBetween(2, 10);
        assertThat(retained.bytes()).isBetween(1L << 20, 4L << 20);
        long before = retained.bytes();
        assertThat(retained.replace(kept.getFirst(), report("changed"))).isPresent();
        assertThat(retained.bytes()).isCloseTo(before, org.assertj.core.data.Percentage.withPercentage(20));
    }

    @Test
    void replicasThatPlaceAlikeShareTheirListsOfModules() {
        Retained retained = new Retained(8L << 20);
        List<ReplicaReport> kept = IntStream.range(0, 500)
                .mapToObj(i -> retained.replace(null, report("same")).orElseThrow())
                .toList();
        assertThat(kept)
                .extracting(report ->
                        System.identityHashCode(report.devices().getFirst().modules()))
                .containsOnly(System.identityHashCode(
                        kept.getFirst().devices().getFirst().modules()));
        kept.forEach(retained::release);
        assertThat(retained.bytes()).isZero();
    }

    private static ReplicaReport report(String prefix) {
        String modules = IntStream.range(0, MODULES)
                .mapToObj(i -> "{\"name\": \"" + prefix + "." + i + "\", \"bytes\": 1}")
                .collect(Collectors.joining(","));
        Answer answer = ReportReaderTest.read(
                ReportReaderTest.REPORT.replace("\"modules\": []", "\"modules\": [" + modules + "]"));
        return ((Answer.Report) answer).report();
    }
}
