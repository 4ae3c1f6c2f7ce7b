package dev.plimsoll.operator.status;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;
import java.util.Locale;
import java.util.Optional;

/** Whether every replica of the current spec holds the whole model. */
final class ModelLoaded {
    private ModelLoaded() {}

    static Finding of(Observation seen) {
        Optional<Failure> failure = seen.failure();
        if (failure.isPresent() && !Fits.isRefusal(failure.get())) {
            return Finding.no(failure.get().reason(), failure.get().message());
        }
        if (seen.wanted() == 0) {
            return Finding.no(Reason.ScaledToZero, "no replica is asked for");
        }
        if (seen.isSilent()) {
            return Finding.unknown(Reason.ReportStale, "a replica does not report");
        }
        if (failure.isPresent()) {
            return Finding.no(Reason.NotLoaded, "nothing was read, because the plan does not fit");
        }
        long loaded = seen.count(Replica::isLoaded);
        if (loaded < seen.wanted()) {
            return Finding.no(
                    Reason.NotLoaded, loaded + " of " + seen.wanted() + " replicas hold the model" + progress(seen));
        }
        return Finding.yes(
                Reason.Loaded,
                seen.current().stream()
                        .flatMap(replica -> load(replica).stream())
                        .findFirst()
                        .map(ModelLoaded::describe)
                        .orElse("every replica holds the model"));
    }

    private static String progress(Observation seen) {
        return seen.current().stream()
                .filter(replica -> !replica.isLoaded())
                .flatMap(replica -> load(replica).stream())
                .findFirst()
                .map(load -> ": " + LoadProgress.of(load))
                .orElse("");
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

    private static Optional<LoadReport> load(Replica replica) {
        return replica.report() == null
                ? Optional.empty()
                : Optional.ofNullable(replica.report().load());
    }
}
