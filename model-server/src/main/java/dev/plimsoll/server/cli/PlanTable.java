package dev.plimsoll.server.cli;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.server.Terminal;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.lifecycle.Plans;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.HostPlan;
import dev.plimsoll.server.placement.PlanRequest;
import java.io.PrintWriter;
import java.util.Locale;

/** A plan for people: each device as a bar against its line. */
final class PlanTable {
    private static final int WIDTH = 48;
    private static final long UNLIMITED = 1L << 49;

    private final PrintWriter out;
    private final String full;
    private final String empty;

    private PlanTable(PrintWriter out) {
        boolean plain = !Terminal.isInteractive() || System.getenv("NO_COLOR") != null;
        this.out = out;
        this.full = plain ? "#" : "\u2588";
        this.empty = plain ? "." : "\u2591";
    }

    static void print(PrintWriter out, Checkpoint checkpoint, PlanRequest request, PlacementPlan plan) {
        PlanTable table = new PlanTable(out);
        table.head(checkpoint, request);
        for (DevicePlan device : plan.devices()) {
            table.bar(device.id().toString(), device.total(), device.budgetBytes());
            table.kinds(device.weights(), device.kvCache(), device.workspace(), device.context());
        }
        HostPlan host = plan.host();
        table.bar("host", host.total(), host.budgetBytes());
        out.printf(
                "        engine %s, staging %s, tensors %s%n",
                ByteSize.format(host.engine()), ByteSize.format(host.staging()), ByteSize.format(host.tensors()));
        out.flush();
    }

    static void print(PrintWriter out, Checkpoint checkpoint, PlanRequest request, Failure failure) {
        PlanTable table = new PlanTable(out);
        table.head(checkpoint, request);
        for (Failure.Deficit deficit : failure.deficits()) {
            table.bar(deficit.device(), deficit.needed(), deficit.budget());
            table.kinds(deficit.weights(), deficit.kvCache(), deficit.workspace(), deficit.context());
        }
        out.println();
        out.println(failure.message());
        out.flush();
    }

    private void head(Checkpoint checkpoint, PlanRequest request) {
        Architecture architecture = request.architecture();
        long parameters = architecture
                .root()
                .allParameters()
                .filter(parameter -> !parameter.buffer() && parameter.tiedTo() == null)
                .mapToLong(parameter -> parameter.shape().elements())
                .sum();
        out.printf(
                Locale.ROOT,
                "%s, %.2f B parameters, %d layers, %s -> %s (%s)%n%n",
                architecture.name(),
                parameters / 1e9,
                architecture.shape().layers(),
                Plans.stored(checkpoint),
                request.dtype(),
                request.policy());
    }

    private void bar(String name, long bytes, long budget) {
        boolean bounded = budget < UNLIMITED;
        long scale = bounded ? Math.max(bytes, budget) : bytes;
        int filled = (int) Math.max(1, bytes * WIDTH / Math.max(1, scale));
        String line = bytes > budget ? "  " + ByteSize.format(bytes - budget) + " over the line" : "";
        out.printf(
                "%-7s %s%s  %s%s%s%n",
                name,
                full.repeat(filled),
                empty.repeat(WIDTH - filled),
                ByteSize.format(bytes),
                bounded ? " of " + ByteSize.format(budget) : "",
                line);
    }

    private void kinds(long weights, long kvCache, long workspace, long context) {
        out.printf(
                "        weights %s, KV cache %s, workspace %s, context %s%n",
                ByteSize.format(weights),
                ByteSize.format(kvCache),
                ByteSize.format(workspace),
                ByteSize.format(context));
    }
}
