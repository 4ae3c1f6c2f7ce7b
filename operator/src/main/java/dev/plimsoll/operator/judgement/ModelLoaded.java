package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.status.Reason;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Whether every replica of the current spec holds the whole model, as the replicas say. */
final class ModelLoaded {
    private ModelLoaded() {}

    static Finding of(Facts facts) {
        if (facts.wanted() == 0) {
            return Finding.no(Asked.none(facts), Asked.asksForNone(facts));
        }
        long loaded = facts.count(Sight::isLoaded);
        if (loaded >= facts.wanted()) {
            return Finding.yes(
                    Reason.Loaded, slowest(facts).map(ModelLoaded::describe).orElse("every replica holds the model"));
        }
        return facts.first(Sight::isSilent)
                .map(Silence::of)
                .orElseGet(() -> Finding.no(Reason.NotLoaded, progress(facts)));
    }

    static String progress(Facts facts) {
        String held = facts.count(Sight::isLoaded) + " of " + facts.wanted() + " replicas hold the model";
        return facts.current().stream()
                .filter(sight -> sight.phase().equals(Phase.Loading))
                .flatMap(sight -> load(sight).stream())
                .min(Comparator.comparingInt(LoadProgress::percent))
                .map(load -> LoadProgress.of(load, held + ": ", facts.standing()))
                .orElse(held);
    }

    /** Of loads that have ended: their figures stand still. */
    static Optional<LoadReport> slowest(Facts facts) {
        return facts.current().stream()
                .flatMap(sight -> load(sight).stream())
                .filter(LoadProgress::isDone)
                .max(Comparator.comparingDouble(LoadReport::seconds));
    }

    static Optional<LoadReport> load(Sight sight) {
        return sight.report().flatMap(report -> Optional.ofNullable(report.load()));
    }

    private static String describe(LoadReport load) {
        Double rate = load.bytesPerSecond();
        return String.format(
                Locale.ROOT,
                "%s read in %.2f s%s",
                ByteSize.format(load.bytesTotal()),
                load.seconds(),
                rate == null ? "" : " (" + ByteSize.format(rate.longValue()) + "/s)");
    }
}
