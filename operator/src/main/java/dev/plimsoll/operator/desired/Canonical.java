package dev.plimsoll.operator.desired;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;

/**
 * Quantities as the API server keeps them (k8s.io/apimachinery/pkg/api/resource): the largest unit of the same kind that
 * leaves no fraction. What is applied so is found so.
 */
final class Canonical {
    private static final List<String> BINARY = List.of("Ei", "Pi", "Ti", "Gi", "Mi", "Ki");
    private static final List<String> DECIMAL = List.of("E", "P", "T", "G", "M", "k");
    private static final String EXPONENT = "[eE][+-]?[0-9]+";
    private static final BigInteger KI = BigInteger.valueOf(1024);
    private static final BigInteger KILO = BigInteger.valueOf(1000);

    private Canonical() {}

    /** Of bytes or of whole things; fractions are rounded up, as the API server does with bytes. */
    static Quantity bytes(Quantity quantity) {
        if (quantity.getFormat().matches(EXPONENT)) {
            return quantity;
        }
        BigInteger amount = Quantity.getAmountInBytes(quantity)
                .setScale(0, RoundingMode.CEILING)
                .toBigInteger();
        boolean binary = BINARY.contains(quantity.getFormat()) && amount.compareTo(KI) >= 0;
        return binary ? scaled(amount, KI, BINARY) : scaled(amount, KILO, DECIMAL);
    }

    /** Of CPUs: whole ones or thousandths. */
    static Quantity cpu(Quantity quantity) {
        BigDecimal milli = Quantity.getAmountInBytes(quantity).movePointRight(3).setScale(0, RoundingMode.CEILING);
        BigInteger[] whole = milli.toBigInteger().divideAndRemainder(KILO);
        return whole[1].signum() == 0
                ? scaled(whole[0], KILO, DECIMAL)
                : new Quantity(milli.toBigInteger().toString(), "m");
    }

    private static Quantity scaled(BigInteger amount, BigInteger step, List<String> units) {
        for (int i = 0; i < units.size(); i++) {
            BigInteger[] parts = amount.divideAndRemainder(step.pow(units.size() - i));
            if (parts[0].signum() > 0 && parts[1].signum() == 0) {
                return new Quantity(parts[0].toString(), units.get(i));
            }
        }
        return new Quantity(amount.toString());
    }
}
