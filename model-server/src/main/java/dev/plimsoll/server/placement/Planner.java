package dev.plimsoll.server.placement;

import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Serving;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture.Task;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import dev.plimsoll.server.placement.Policy.Homes;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/** Decides what goes where and what that takes, from headers alone. Pure: the same request gives the same answer. */
public final class Planner {
    /** Prompt tokens that one step of libtorch takes at most: scores and masks of all of them are there at once. */
    private static final int CHUNK_TOKENS = 256;

    private final HostNeeds hostNeeds;
    private final KernelMemory kernelMemory;

    public Planner(HostNeeds hostNeeds, KernelMemory kernelMemory) {
        this.hostNeeds = hostNeeds;
        this.kernelMemory = kernelMemory;
    }

    public PlanOutcome plan(PlanRequest request) {
        Sizes sizes = Sizes.of(request.architecture());
        return switch (attempt(request, sizes)) {
            case PlacementPlan plan -> new KernelSteps(request, kernelMemory).in(plan);
            case Refusal(Failure failure)
            when !failure.deficits().isEmpty() -> new Refusal(new Alternatives(this, request, sizes).describe(failure));
            case Refusal refusal -> refusal;
        };
    }

    /** As {@link #plan}, without looking for what would fit instead. */
    PlanOutcome attempt(PlanRequest request, Sizes sizes) {
        int allowed = request.architecture().shape().maxPositions();
        Integer asked = request.maxSequenceTokens();
        if (asked != null && asked > allowed) {
            return new Refusal(Failure.of(
                    Reason.SequenceTooLong,
                    "serving.maxSequenceTokens is " + asked + ", the model was made for " + allowed
                            + ": set it to at most " + allowed));
        }
        if (needsGpu(request) && request.gpus().isEmpty()) {
            return new Refusal(Failure.of(
                    Reason.NoGpu,
                    "policy " + request.policy() + " needs a GPU and this process sees none: ask for one with"
                            + " gpu.resourceName and gpu.count, check the node's driver, or choose placement.policy"
                            + " HostOnly"));
        }
        int tokens = asked == null ? Math.min(allowed, Serving.DEFAULT_SEQUENCE_TOKENS) : asked;
        try {
            return new CacheSizing(request, tokens).plan(pages -> attempt(request, sizes, tokens, pages));
        } catch (PlimsollException e) {
            return new Refusal(e.failure());
        } catch (ArithmeticException e) {
            return new Refusal(Failure.of(
                    Reason.SequenceTooLong,
                    request.maxSequences() + " sequences of " + tokens
                            + " tokens take more memory than can be counted (" + e.getMessage()
                            + "): lower serving.maxSequences or serving.maxSequenceTokens"));
        }
    }

    private PlanOutcome attempt(PlanRequest request, Sizes sizes, int tokens, int cachePages) {
        boolean inChunks = request.architecture().task() == Task.GENERATE;
        int chunk = inChunks ? Math.min(CHUNK_TOKENS, tokens) : tokens;
        Optional<String> tables =
                inChunks ? PageTables.tooLarge(cachePages, request.maxSequences(), tokens) : Optional.empty();
        if (tables.isPresent()) {
            return new Refusal(Failure.of(Reason.SequenceTooLong, tables.get()));
        }
        Demand demand = Demand.of(
                sizes,
                request.architecture().shape(),
                ElementType.of(request.dtype()),
                request.maxSequences(),
                tokens,
                chunk,
                cachePages);
        Problem problem = new Problem(request, demand, hostNeeds, tokens, chunk, cachePages);
        return judge(problem, Policy.of(request.policy()).place(problem));
    }

    /** A limit on weights alone is a question, not a deployment: it may be asked without GPUs. */
    private static boolean needsGpu(PlanRequest request) {
        PlacementPolicy policy = request.policy();
        return policy.equals(PlacementPolicy.GpuOnly)
                || policy.equals(PlacementPolicy.Auto)
                || (policy.mayOffload() && request.maxMemory() == null);
    }

    private static PlanOutcome judge(Problem problem, Homes homes) {
        Layout layout = Layout.of(problem, homes.devices());
        Ledger ledger = Ledger.of(problem, layout);
        return ledger.fits() ? plan(problem, homes, layout, ledger) : Refusal.of(problem, ledger);
    }

    private static PlacementPlan plan(Problem problem, Homes homes, Layout layout, Ledger ledger) {
        SequencedMap<String, Placed> modules = new LinkedHashMap<>();
        for (int i = 0; i < layout.homes().size(); i++) {
            Demand.Unit unit = problem.units().get(i);
            modules.put(
                    unit.module(),
                    new Placed(
                            layout.homes().get(i),
                            layout.runners().get(i),
                            unit.weights(),
                            homes.reasons().get(i)));
        }
        return new PlacementPlan(
                problem.request().dtype(),
                problem.request().maxSequences(),
                problem.sequenceTokens(),
                problem.cachePages(),
                problem.chunkTokens(),
                0,
                homes.deviceMap(),
                modules,
                ledger.devices(),
                ledger.host(),
                ledger.bufferBytes());
    }
}
