package dev.plimsoll.operator.status;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * How far a load is, in words: {@code 1.2Gi of 6.2Gi read, 420Mi/s, 12 s to go}. In steps of a twentieth, and the rate
 * in two digits, so that a status changes some twenty times and not with every report.
 */
final class LoadProgress {
    private static final int STEPS = 20;
    private static final int MIB = 1 << 20;
    private static final MathContext TWO_DIGITS = new MathContext(2);

    private LoadProgress() {}

    static String of(LoadReport load) {
        long total = load.bytesTotal();
        long step = total == 0 ? 0 : Math.min(STEPS, (long) ((double) load.bytesDone() / total * STEPS));
        long done = (long) ((double) total / STEPS * step);
        String read = ByteSize.format(done) + " of " + ByteSize.format(total) + " read";
        Double rate = load.bytesPerSecond();
        if (done == 0 || rate == null || rate < 1) {
            return read;
        }
        long coarse = new BigDecimal(rate / MIB)
                .round(TWO_DIGITS)
                .multiply(new BigDecimal(MIB))
                .longValue();
        return String.format(
                Locale.ROOT, "%s, %s/s, %.0f s to go", read, ByteSize.format(coarse), (total - done) / rate);
    }
}
