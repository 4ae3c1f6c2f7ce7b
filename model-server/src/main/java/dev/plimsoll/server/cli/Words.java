package dev.plimsoll.server.cli;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.SpecialTokensInContent;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Open words of the contract as values of flags: on a command line only those count that this version knows. */
abstract class Words<T> implements ITypeConverter<T>, Iterable<String> {
    private final List<T> known;

    Words(List<T> known) {
        this.known = known;
    }

    @Override
    public T convert(String value) {
        return known.stream()
                .filter(word -> word.toString().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("expected one of "
                        + known.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"))
                        + " (case-insensitive) but was '" + value + "'"));
    }

    @Override
    public Iterator<String> iterator() {
        return known.stream().map(Object::toString).iterator();
    }

    static final class Dtypes extends Words<Dtype> {
        Dtypes() {
            super(Dtype.KNOWN);
        }
    }

    static final class Policies extends Words<PlacementPolicy> {
        Policies() {
            super(PlacementPolicy.KNOWN);
        }
    }

    static final class SpecialTokens extends Words<SpecialTokensInContent> {
        SpecialTokens() {
            super(SpecialTokensInContent.KNOWN);
        }
    }

    static final class Tiers extends Words<OffloadTier> {
        Tiers() {
            super(OffloadTier.KNOWN);
        }
    }
}
