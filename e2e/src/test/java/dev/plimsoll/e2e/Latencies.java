package dev.plimsoll.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From changes to the statuses that tell of them, in target/latencies.txt with their quantiles: shown, never asserted. */
final class Latencies {
    private static final Path FILE = Path.of("target/latencies.txt");
    private static final List<Entry> ENTRIES = new ArrayList<>();

    /** What the status has to follow. */
    enum After {
        /** An object in the API server changed: the operator is told at once. */
        CHANGE("a change of a pod or of another object"),
        /** A server fell silent: nobody tells, its last report grows old. */
        SILENCE("a server's last answer"),
        /** A server answers as it should again: nobody tells, it is asked every few seconds. */
        ANSWER("a server's first right answer"),
        /** The operator that led died: until its Lease has run out nobody judges. */
        LEADER("the end of the leading operator");

        private final String words;

        After(String words) {
            this.words = words;
        }
    }

    private record Entry(After after, String change, Duration duration) {}

    private Latencies() {}

    /** A status that was there before the change took no time. */
    static synchronized void put(After after, String change, Instant from, Instant to) {
        Duration duration = Duration.between(from, to);
        ENTRIES.add(new Entry(after, change, duration.isNegative() ? Duration.ZERO : duration));
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, table());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String table() {
        StringBuilder text = new StringBuilder();
        for (After after : After.values()) {
            List<Entry> entries =
                    ENTRIES.stream().filter(entry -> entry.after() == after).toList();
            if (!entries.isEmpty()) {
                text.append("From ").append(after.words).append(" to the right status:\n");
                entries.forEach(entry -> text.append(line(entry.duration(), entry.change())));
                List<Duration> sorted =
                        entries.stream().map(Entry::duration).sorted().toList();
                text.append(line(quantile(sorted, 0.50), "p50 of " + sorted.size()))
                        .append(line(quantile(sorted, 0.99), "p99 of " + sorted.size()));
            }
        }
        return text.toString();
    }

    private static Duration quantile(List<Duration> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    private static String line(Duration duration, String what) {
        return String.format(Locale.ROOT, "%8.2f s  %s%n", duration.toMillis() / 1000.0, what);
    }
}
