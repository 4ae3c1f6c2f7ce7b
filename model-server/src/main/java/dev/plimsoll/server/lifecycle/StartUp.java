package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.StartUpReport;
import dev.plimsoll.server.loading.LoadTimes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where the time from process start to ready goes. Parts may be timed by several threads at once. */
public final class StartUp {
    private final Map<Part, Double> seconds = Collections.synchronizedMap(new EnumMap<>(Part.class));

    /** A phase that is timed; phases overlap. */
    public enum Part {
        JVM("jvm"),
        PLAN("plan"),
        TOKENIZER("tokenizer"),
        ENGINE("engine"),
        DEVICES("devices"),
        READ("read"),
        COPY("copy"),
        CAST("cast"),
        WARM_UP("warm-up");

        private final String label;

        Part(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** To be made by the first line of the program. */
    public static StartUp begin() {
        StartUp made = new StartUp();
        made.took(Part.JVM, ProcessClock.secondsSinceStart());
        return made;
    }

    /** A part may come in several pieces. */
    void took(Part part, double duration) {
        seconds.merge(part, duration, Double::sum);
    }

    void took(LoadTimes load) {
        took(Part.READ, load.readSeconds());
        took(Part.COPY, load.copySeconds());
        took(Part.CAST, load.castSeconds());
    }

    <T> T time(Part part, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            took(part, (System.nanoTime() - start) / 1e9);
        }
    }

    void time(Part part, Runnable work) {
        time(part, () -> {
            work.run();
            return part;
        });
    }

    /** Seconds of a part; null while it runs, or when nothing timed it. */
    public @Nullable Double seconds(Part part) {
        return seconds.get(part);
    }

    StartUpReport report() {
        return new StartUpReport(
                seconds(Part.JVM),
                seconds(Part.PLAN),
                seconds(Part.TOKENIZER),
                seconds(Part.ENGINE),
                seconds(Part.DEVICES),
                seconds(Part.READ),
                seconds(Part.COPY),
                seconds(Part.CAST),
                seconds(Part.WARM_UP));
    }

    /** {@code jvm 0.41, plan 0.12, engine 0.80}. */
    @Override
    public String toString() {
        synchronized (seconds) {
            return seconds.entrySet().stream()
                    .map(part -> String.format(Locale.ROOT, "%s %.2f", part.getKey(), part.getValue()))
                    .collect(Collectors.joining(", "));
        }
    }
}
