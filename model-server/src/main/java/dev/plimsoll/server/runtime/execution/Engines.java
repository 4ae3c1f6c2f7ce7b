package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.api.report.EngineReport;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.KernelMemory;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.torch.Torch;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Chooses what runs the steps of a model: kernels of our own wherever they serve, else libtorch. */
public final class Engines {
    private static final Logger LOG = Logger.getLogger(Engines.class);

    /** The environment variable that leaves every model to libtorch: {@code false}. */
    private static final String SWITCH = "PLIMSOLL_KERNELS";

    private Engines() {}

    /**
     * An engine that was chosen.
     *
     * @param report which one, and why it is not another
     */
    public record Chosen(StartingEngine engine, EngineReport report) {}

    /** What a plan counts for kernels. */
    public static KernelMemory kernelMemory() {
        return kernelMemory(System.getenv(SWITCH));
    }

    static KernelMemory kernelMemory(@Nullable String set) {
        return isSwitchedOff(set) ? KernelMemory.NONE : KernelBinding::bytes;
    }

    private static boolean isSwitchedOff(@Nullable String set) {
        return "false".equalsIgnoreCase(set);
    }

    /**
     * An engine over tensors on their devices.
     *
     * @param source the checkpoint's files, for what is streamed from them
     * @param staging of all streams together
     */
    public static Chosen bind(
            Torch torch,
            Architecture architecture,
            PlacementPlan plan,
            ModelTensors tensors,
            TensorSource source,
            Staging staging) {
        Chosen chosen;
        try {
            if (isSwitchedOff(System.getenv(SWITCH))) {
                throw new KernelBinding.UnservedException(SWITCH + " is false");
            }
            StartingEngine engine =
                    KernelBinding.of(architecture, plan, tensors).bind();
            chosen = chosen(EngineReport.KERNELS, engine, null);
        } catch (KernelBinding.UnservedException e) {
            StartingEngine engine = new TorchEngine(torch, architecture, plan, tensors, source, staging);
            chosen = chosen(EngineReport.LIBTORCH, engine, e.getMessage());
        }
        LOG.infof(
                "steps of up to %d tokens run by %s%s",
                chosen.report.maxBatchedTokens(),
                chosen.report.name(),
                chosen.report.reason() == null ? "" : ", not by kernels: " + chosen.report.reason());
        return chosen;
    }

    private static Chosen chosen(String name, StartingEngine engine, @Nullable String reason) {
        return new Chosen(engine, new EngineReport(name, engine.limits().maxBatchedTokens(), reason));
    }
}
