package dev.plimsoll.server.runtime;

import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.PlacementPlan;
import org.jboss.logging.Logger;

/** Chooses what runs the steps of a model. */
public final class Engines {
    private static final Logger LOG = Logger.getLogger(Engines.class);

    /** The environment variable that lets kernels of our own run steps: {@code true}. */
    private static final String KERNELS = "PLIMSOLL_KERNELS";

    private Engines() {}

    /**
     * An engine over tensors on their devices: libtorch, or kernels of our own where those are asked for and serve.
     *
     * @param source the checkpoint's files, for what is streamed from them
     * @param staging of all streams together
     */
    public static StartingEngine bind(
            Torch torch,
            Architecture architecture,
            PlacementPlan plan,
            ModelTensors tensors,
            TensorSource source,
            Staging staging) {
        if (!Boolean.parseBoolean(System.getenv(KERNELS))) {
            return new TorchEngine(torch, architecture, plan, tensors, source, staging);
        }
        try {
            StartingEngine engine =
                    KernelBinding.of(architecture, plan, tensors).bind();
            LOG.info("steps run by kernels of our own, decode steps as graphs");
            return engine;
        } catch (KernelBinding.UnservedException e) {
            LOG.infof("steps run in libtorch: %s", e.getMessage());
            return new TorchEngine(torch, architecture, plan, tensors, source, staging);
        }
    }
}
