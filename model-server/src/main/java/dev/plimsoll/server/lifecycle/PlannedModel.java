package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.Background;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.lifecycle.StartUp.Part;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.memory.ContainerLimit;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.runtime.devices.Devices;
import org.jboss.logging.Logger;

/**
 * A model that fits: no weight byte of it is read, and nothing of it is on a device.
 *
 * @param checkpoint open; closed by whoever has read the last of it
 * @param gpus begun: their contexts and page-locked staging are being made
 */
record PlannedModel(
        Settings settings, Checkpoint checkpoint, ModelFacts facts, PlacementPlan plan, Staging staging, Devices gpus) {
    private static final Logger LOG = Logger.getLogger(PlannedModel.class);

    /**
     * Reads the headers and plans, while GPUs are looked for.
     *
     * @throws dev.plimsoll.server.PlimsollException when the checkpoint cannot be used, or the plan does not fit
     */
    static PlannedModel of(Settings settings, StartUp startUp) {
        Background<Devices> finding = Background.start("devices", () -> devices(settings));
        return startUp.time(Part.PLAN, () -> {
            Checkpoint checkpoint = CheckpointReader.open(settings.folder(), settings.reads());
            try {
                return of(settings, checkpoint, finding);
            } catch (RuntimeException e) {
                checkpoint.close();
                throw e;
            }
        });
    }

    private static Devices devices(Settings settings) {
        return settings.spec().placement().policy().equals(PlacementPolicy.HostOnly)
                ? Devices.none()
                : Devices.find(settings.devices());
    }

    private static PlannedModel of(Settings settings, Checkpoint checkpoint, Background<Devices> finding) {
        ModelFacts facts = ModelFacts.of(checkpoint);
        Devices gpus = finding.await();
        PlanRequest request = Plans.request(
                settings.spec(),
                facts,
                gpus.gpus().stream().map(Devices.Gpu::bytes).toList(),
                gpus.gpus().stream().allMatch(Devices.Gpu::emulated),
                ContainerLimit.read().orElse(Long.MAX_VALUE));
        int cores = Runtime.getRuntime().availableProcessors();
        PlacementPlan plan = Plans.require(request, cores);
        Staging staging = Plans.staging(request, cores);
        gpus.begin(plan, staging);
        LOG.infof(
                "planned %s: %s on %s, %s of %s on the host, prompts in chunks of %d tokens",
                facts.architecture().name(),
                plan.dtype(),
                plan.devices().stream()
                        .map(device -> device.id() + " " + ByteSize.format(device.total()))
                        .toList(),
                ByteSize.format(plan.host().total()),
                ByteSize.format(plan.host().budgetBytes()),
                plan.kernelChunkTokens() > 0 ? plan.kernelChunkTokens() : plan.prefillChunkTokens());
        return new PlannedModel(settings, checkpoint, facts, plan, staging, gpus);
    }

    Architecture architecture() {
        return facts.architecture();
    }
}
