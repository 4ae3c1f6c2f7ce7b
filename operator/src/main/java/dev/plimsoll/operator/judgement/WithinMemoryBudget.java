package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whether what was measured is within what may be used. */
final class WithinMemoryBudget {
    private static final Comparator<Depth> BY_NAME =
            Comparator.comparing(Depth::pod).thenComparing(Depth::device);

    private WithinMemoryBudget() {}

    static Finding of(Facts facts) {
        List<Depth> depths = new ArrayList<>(Depth.hosts(facts));
        depths.addAll(Depth.gpus(facts));
        Optional<Depth> over = over(facts, depths, Depth::own, Reason.OverBudget, ConditionStatus.False);
        if (over.isPresent()) {
            return Finding.no(
                    Reason.OverBudget,
                    "pod " + over.get().pod() + " takes " + steady(facts, over.get()) + ": raise the budget, or lower"
                            + " serving.maxSequences or serving.maxSequenceTokens");
        }
        Optional<Sight> silent = facts.first(Sight::isSilent);
        if (silent.isPresent()) {
            return Silence.of(silent.get());
        }
        long loaded = facts.count(Sight::isLoaded);
        if (loaded == 0 || depths.isEmpty()) {
            return Finding.unknown(
                    Reason.NotReported, loaded + " of " + facts.wanted() + " replicas have reported what they take");
        }
        return over(facts, depths, depth -> !depth.own(), Reason.NotAttributable, ConditionStatus.Unknown)
                .map(depth -> Finding.unknown(
                        Reason.NotAttributable,
                        "of " + depth.device() + " of pod " + depth.pod() + " " + steady(facts, depth)
                                + " are taken, other processes of that GPU included: NVML does not say whose they are"))
                .orElseGet(() -> Finding.yes(Reason.Measured, describe(facts)));
    }

    /** The first by name: the deepest may take turns. */
    private static Optional<Depth> over(
            Facts facts, List<Depth> depths, Predicate<Depth> which, Reason reason, ConditionStatus status) {
        boolean wasOver = facts.standing().says(ConditionType.WithinMemoryBudget, status, reason);
        return depths.stream()
                .filter(which)
                .filter(depth -> depth.isOver(wasOver))
                .min(BY_NAME);
    }

    /** With the bytes that stand in the words of the condition, while they are nearly right. */
    private static String steady(Facts facts, Depth depth) {
        String rest = " of " + ByteSize.format(depth.budget()) + " on " + depth.device() + " (" + depth.source() + ")";
        return facts.standing()
                .condition(ConditionType.WithinMemoryBudget)
                .flatMap(standing -> Shown.before(standing.message(), rest))
                .filter(stood -> Steady.isNear(depth.bytes(), stood))
                .map(stood -> ByteSize.format(stood) + rest)
                .orElseGet(() -> ByteSize.format(depth.bytes()) + rest);
    }

    private static String describe(Facts facts) {
        Shown gpu = gpu(facts);
        Shown host = host(facts);
        return (gpu.isMeasured() ? "worst GPU " + gpu.words() + ", " : "")
                + (host.isMeasured() ? "worst host peak " + host.words() : "host not measured");
    }

    static Shown gpu(Facts facts) {
        return shown(facts, Depth.gpus(facts), Summary::gpuMemory);
    }

    static Shown host(Facts facts) {
        return shown(facts, Depth.hosts(facts), Summary::hostMemory);
    }

    /** While a replica loads, what stands is shown until its next twentieth. */
    private static Shown shown(Facts facts, List<Depth> depths, Function<Summary, @Nullable String> column) {
        Shown stood = facts.standing()
                .summary()
                .flatMap(summary -> Optional.ofNullable(column.apply(summary)))
                .map(Shown::parse)
                .orElse(Shown.NOTHING);
        return Depth.worst(depths, stood.isMeasured() ? stood.budget() : null)
                .map(depth -> stood.isMeasured()
                                && ByteSize.format(stood.budget()).equals(ByteSize.format(depth.budget()))
                                && (Steady.isNear(depth.bytes(), stood.bytes()) || PodDetails.isBetweenSteps(facts))
                        ? stood
                        : Shown.of(depth))
                .orElse(Shown.NOTHING);
    }
}
