package dev.plimsoll.operator.rollout;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which revisions are kept: the active, the wanted, the last that was Ready, and {@value #MORE} more. */
public final class Retention {
    private static final int MORE = 2;

    private Retention() {}

    /** Those that nobody needs any more, the oldest first. */
    public static List<Revision> surplus(List<Revision> all, Optional<Revision> active, Revision wanted) {
        Optional<Revision> ready = all.stream()
                .filter(revision -> revision.history().ready() != null)
                .max(Comparator.comparing(
                        revision -> Objects.requireNonNull(revision.history().ready())));
        Set<String> needed = Stream.of(active, Optional.of(wanted), ready)
                .flatMap(Optional::stream)
                .map(Revision::key)
                .collect(Collectors.toSet());
        List<Revision> others = all.stream()
                .filter(revision -> !needed.contains(revision.key()))
                .sorted(Comparator.comparingLong(Revision::number))
                .toList();
        return others.subList(0, Math.max(0, others.size() - MORE));
    }

    /** Revisions that remember a way that they are not on any more: neither wanted nor what pods are made from. */
    public static List<Revision> toRest(
            List<Revision> all, Optional<Revision> standing, Optional<Revision> active, Revision wanted) {
        return all.stream()
                .filter(revision -> !revision.is(wanted)
                        && active.filter(revision::is).isEmpty()
                        && standing.filter(revision::is).isEmpty()
                        && !revision.history().equals(revision.history().rests()))
                .toList();
    }
}
