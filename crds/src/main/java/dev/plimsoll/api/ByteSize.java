package dev.plimsoll.api;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Bytes as Kubernetes quantities that a person reads: {@code 5.75Gi}, {@code 288Mi}. */
public final class ByteSize {
    private static final long KI = 1L << 10;
    private static final long MI = 1L << 20;
    private static final long GI = 1L << 30;
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);

    private ByteSize() {}

    /** Three significant digits or whole mebibytes, rounded half up. */
    public static String format(long bytes) {
        return format(bytes, RoundingMode.HALF_UP);
    }

    /** As {@link #format}, never less than {@code bytes}: what to write where the value must suffice. */
    public static String formatUp(long bytes) {
        return format(bytes, RoundingMode.CEILING);
    }

    public static Quantity quantity(long bytes) {
        return new Quantity(format(bytes));
    }

    /**
     * Bytes of a quantity, at most {@link Long#MAX_VALUE}.
     *
     * @throws IllegalArgumentException when it is no quantity
     */
    public static long bytes(Quantity quantity) {
        return Quantity.getAmountInBytes(quantity)
                .setScale(0, RoundingMode.FLOOR)
                .min(MOST)
                .max(LEAST)
                .longValue();
    }

    private static String format(long bytes, RoundingMode rounding) {
        if (bytes < 0) {
            return bytes == Long.MIN_VALUE ? format(-Long.MAX_VALUE, rounding) : "-" + format(-bytes, rounding);
        }
        if (bytes >= GI) {
            return scaled(bytes, GI, 2, rounding) + "Gi";
        }
        if (bytes >= MI) {
            return scaled(bytes, MI, 0, rounding) + "Mi";
        }
        return bytes >= KI ? scaled(bytes, KI, 0, rounding) + "Ki" : Long.toString(bytes);
    }

    private static String scaled(long bytes, long unit, int decimals, RoundingMode rounding) {
        BigDecimal value = BigDecimal.valueOf(bytes).divide(BigDecimal.valueOf(unit), decimals, rounding);
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
