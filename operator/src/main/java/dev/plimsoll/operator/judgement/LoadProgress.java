package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.status.ConditionType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * How far a load is, in words: {@code 1.2Gi of 6.2Gi read, 420Mi/s, 12 s to go}. What is said of a twentieth stands
 * until the next one, so that a status changes some twenty times and not with every report.
 */
final class LoadProgress {
    private static final int STEPS = 20;
    private static final int MIB = 1 << 20;
    private static final MathContext TWO_DIGITS = new MathContext(2);

    private LoadProgress() {}

    /** In steps of 5, rounded down. */
    static int percent(LoadReport load) {
        return 100 / STEPS * (int) step(load);
    }

    static boolean isDone(LoadReport load) {
        return load.bytesTotal() > 0 && load.bytesDone() >= load.bytesTotal();
    }

    static String of(LoadReport load, String prefix, Standing standing) {
        long total = load.bytesTotal();
        long done = (long) ((double) total / STEPS * step(load));
        String read = prefix + ByteSize.format(done) + " of " + ByteSize.format(total) + " read";
        Double rate = load.bytesPerSecond();
        if (done == 0 || rate == null || rate < 1) {
            return read;
        }
        return standing.words(ConditionType.ModelLoaded, read + ", ").orElseGet(() -> {
            long coarse = new BigDecimal(rate / MIB)
                    .round(TWO_DIGITS)
                    .multiply(new BigDecimal(MIB))
                    .longValue();
            return String.format(
                    Locale.ROOT, "%s, %s/s, %.0f s to go", read, ByteSize.format(coarse), (total - done) / rate);
        });
    }

    private static long step(LoadReport load) {
        return load.bytesTotal() == 0
                ? 0
                : Math.min(STEPS, (long) ((double) load.bytesDone() / load.bytesTotal() * STEPS));
    }
}
