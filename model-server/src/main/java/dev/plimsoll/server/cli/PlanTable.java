package dev.plimsoll.server.cli;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.server.Terminal;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.lifecycle.ModelFacts;
import dev.plimsoll.server.placement.ModuleRanges;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.HostPlan;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import dev.plimsoll.server.placement.PlanRequest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;

/** A plan for people: each device as a bar against its line, what is on it, and why something is on no GPU. */
final class PlanTable {
    private static final int WIDTH = 48;
    private static final String INDENT = " ".repeat(8);

    private final PrintWriter out;
    private final String full;
    private final String empty;

    private PlanTable(PrintWriter out) {
        boolean plain = !Terminal.isInteractive() || System.getenv("NO_COLOR") != null;
        this.out = out;
        this.full = plain ? "#" : "\u2588";
        this.empty = plain ? "." : "\u2591";
    }

    static void print(PrintWriter out, ModelFacts model, PlanRequest request, PlacementPlan plan) {
        PlanTable table = new PlanTable(out);
        table.head(model, request);
        for (DevicePlan device : plan.devices()) {
            table.device(request, plan, device);
            table.modules(plan, device.id());
        }
        if (plan.devices().stream().noneMatch(device -> device.id().equals(DeviceId.HOST))) {
            table.bar("host", plan.host().total(), plan.host().budgetBytes(), "");
            table.host(plan.host());
        }
        table.offGpu(plan);
        out.flush();
    }

    static void print(PrintWriter out, ModelFacts model, PlanRequest request, Failure failure) {
        PlanTable table = new PlanTable(out);
        table.head(model, request);
        for (Failure.Deficit deficit : failure.deficits()) {
            table.bar(deficit.device(), deficit.needed(), deficit.budget(), "");
            table.kinds(deficit.weights(), deficit.kvCache(), deficit.workspace(), deficit.context());
        }
        if (!failure.deficits().isEmpty()) {
            out.println();
        }
        out.println(failure.message());
        if (!failure.wouldFit().isEmpty()) {
            out.println("As flags: "
                    + String.join(
                            " | ",
                            failure.wouldFit().stream().map(PlanTable::asFlags).toList()));
        }
        out.flush();
    }

    private void head(ModelFacts model, PlanRequest request) {
        out.printf(
                "%s, %s parameters, %d layers, %s -> %s (%s)%n",
                model.architecture().name(),
                count(model.parameters()),
                model.architecture().shape().layers(),
                model.stored(),
                request.dtype(),
                request.policy());
        if (!model.fromHeaders()) {
            out.println("No safetensors here: planned from config.json alone.");
        }
        out.println();
    }

    /** With {@code --max-memory} the line is for weights. */
    private void device(PlanRequest request, PlacementPlan plan, DevicePlan device) {
        boolean isHost = device.id().equals(DeviceId.HOST);
        Long limit = request.maxMemory() == null ? null : request.maxMemory().get(device.id());
        if (limit != null && !device.id().equals(DeviceId.DISK)) {
            bar(device.id().toString(), device.weights(), limit, " of weights");
        } else if (isHost) {
            bar("host", plan.host().total(), plan.host().budgetBytes(), "");
        } else {
            bar(device.id().toString(), device.total(), device.budgetBytes(), "");
        }
        kinds(device.weights(), device.kvCache(), device.workspace(), device.context());
        if (plan.kernelChunkTokens() > 0) {
            out.printf("%skernels, %d prompt tokens in a step%n", INDENT, plan.kernelChunkTokens());
        }
        if (device.kvCache() > 0) {
            out.printf(
                    "%sKV cache of %,d tokens: %d whole sequences of %,d%n",
                    INDENT, plan.cacheTokens(), plan.fullSequences(), plan.maxSequenceTokens());
        }
        if (isHost) {
            host(plan.host());
        }
    }

    private void bar(String name, long bytes, long budget, String of) {
        boolean bounded = budget < PlanRequest.UNLIMITED;
        long scale = Math.max(1, bounded ? Math.max(bytes, budget) : bytes);
        int filled = Math.clamp((bytes * WIDTH + scale / 2) / scale, bytes > 0 ? 1 : 0, WIDTH);
        String line = bytes > budget ? "  " + ByteSize.format(bytes - budget) + " over the line" : "";
        out.printf(
                "%-7s %s%s  %s%s%s%s%n",
                name,
                full.repeat(filled),
                empty.repeat(WIDTH - filled),
                ByteSize.format(bytes),
                bounded ? " of " + ByteSize.format(budget) : "",
                of,
                line);
    }

    private void kinds(long weights, long kvCache, long workspace, long context) {
        out.printf(
                "%sweights %s, KV cache %s, workspace %s, context %s%n",
                INDENT,
                ByteSize.format(weights),
                ByteSize.format(kvCache),
                ByteSize.format(workspace),
                ByteSize.format(context));
    }

    private void host(HostPlan host) {
        out.printf(
                "%sengine %s, staging %s, tensors %s%s%n",
                INDENT,
                ByteSize.format(host.engine()),
                ByteSize.format(host.staging()),
                ByteSize.format(host.tensors()),
                host.emulated() == 0 ? "" : ", emulated GPUs " + ByteSize.format(host.emulated()));
    }

    private void modules(PlacementPlan plan, DeviceId device) {
        List<String> here = names(plan, placed -> placed.device().equals(device));
        if (!here.isEmpty()) {
            out.println(INDENT + String.join(", ", ModuleRanges.fold(here)));
        }
    }

    private void offGpu(PlacementPlan plan) {
        SequencedMap<String, List<String>> byReason = new LinkedHashMap<>();
        plan.modules().forEach((module, placed) -> {
            String reason = placed.reason();
            if (reason != null) {
                String where = placed.isStreamed()
                        ? placed.device() + ", run by " + placed.runner()
                        : placed.device().toString();
                byReason.computeIfAbsent(where + ": " + reason, key -> new ArrayList<>())
                        .add(module);
            }
        });
        if (!byReason.isEmpty()) {
            out.println();
        }
        byReason.forEach(
                (reason, modules) -> out.println(String.join(", ", ModuleRanges.fold(modules)) + " on " + reason));
    }

    private static List<String> names(PlacementPlan plan, Predicate<Placed> which) {
        return plan.modules().entrySet().stream()
                .filter(entry -> which.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String count(long parameters) {
        if (parameters >= 10_000_000) {
            return String.format(Locale.ROOT, "%.2f B", parameters / 1e9);
        }
        return parameters >= 10_000
                ? String.format(Locale.ROOT, "%.2f M", parameters / 1e6)
                : Long.toString(parameters);
    }

    static String asFlags(String change) {
        return change.replace("memory.gpu ", "--memory-gpu ")
                .replace("memory.host ", "--memory-host ")
                .replace(" with ", " ")
                .replace("serving.maxSequenceTokens ", "--max-sequence-tokens ")
                .replace("placement.policy ", "--policy ")
                .replaceFirst("^dtype ", "--dtype ");
    }
}
