package dev.plimsoll.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.lifecycle.ModelFacts;
import dev.plimsoll.server.lifecycle.Planning;
import dev.plimsoll.server.lifecycle.Plans;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.runtime.devices.Devices;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        description =
                "Predict placement and memory from a checkpoint's headers, or from its config.json alone; needs no"
                        + " GPU.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
    private static final Quantity UNLIMITED = new Quantity(Long.toString(PlanRequest.UNLIMITED));

    @Option(
            names = {"-f", "--file"},
            paramLabel = "YAML",
            description = "a ModelDeployment: plan what the operator would run; flags win over it")
    @Nullable
    Path file;

    @Mixin
    SpecOptions options = new SpecOptions();

    @Option(
            names = "--max-memory",
            paramLabel = "DEVICE=SIZE",
            split = ",",
            description = "limits of weights, such as gpu:0=10Gi,gpu:1=10Gi,host=30Gi: what transformers calls"
                    + " max_memory; the disk takes the rest. With Sequential, Balanced and BalancedLow0")
    @Nullable
    List<String> maxMemory;

    @Option(names = "--gpus", paramLabel = "N", description = "GPUs; default: what -f or --max-memory says, else 1")
    @Nullable
    Integer gpus;

    @Option(
            names = "--gpu-memory",
            paramLabel = "SIZE",
            split = ",",
            description = "memory that each GPU has, such as 80Gi, or 80Gi,24Gi for one each; default: no limit")
    @Nullable
    List<String> gpuMemory;

    @Option(
            names = "--report",
            description = "in a pod: plan what PLIMSOLL_SPEC says, and leave the plan, or why there is none, as JSON in"
                    + " the termination message")
    boolean report;

    @Option(names = "--output", defaultValue = "table", description = "${COMPLETION-CANDIDATES}; default: table")
    Output output = Output.table;

    @Spec
    CommandSpec command = CommandSpec.create();

    /** How a result is printed. */
    enum Output {
        table,
        json
    }

    @Override
    public Integer call() {
        Asked asked = asked();
        if (report) {
            return report(asked);
        }
        ModelFacts model;
        try {
            model = ModelFacts.read(asked.folder);
        } catch (PlimsollException unusable) {
            if (output == Output.json) {
                print(PlanJson.of(unusable.failure()));
            }
            throw unusable;
        }
        PlanRequest request = Plans.request(asked.spec, model, asked.gpuBytes, asked.emulated, Long.MAX_VALUE);
        return print(model, asked.limits == null ? request : Plans.limited(request, asked.limits));
    }

    private int report(Asked asked) {
        PlanningReport told = Planning.report(
                asked.folder, asked.spec, options.servedName(asked.folder), asked.gpuBytes, asked.emulated);
        TerminationMessage.write(told);
        print(told);
        return told.failure() == null
                ? ExitCode.OK.code()
                : ExitCode.of(told.failure().reason()).code();
    }

    /** What is planned, and for which GPUs. */
    private record Asked(
            Path folder,
            ModelDeploymentSpec spec,
            List<Long> gpuBytes,
            boolean emulated,
            @Nullable SequencedMap<DeviceId, Long> limits) {}

    private Asked asked() {
        try {
            ModelDeploymentSpec given = given();
            ModelDeploymentSpec spec = options.over(given);
            Path folder = options.folder(file == null ? null : given.model().uri());
            Asked asked =
                    maxMemory == null ? budgeted(folder, spec) : limited(folder, spec, MaxMemory.parse(maxMemory));
            checkIndexes(spec.memory(), asked.gpuBytes.size());
            return asked;
        } catch (IllegalArgumentException e) {
            throw options.usage(String.valueOf(e.getMessage()));
        }
    }

    /** Where limits stand for budgets, nothing is refused for the sake of a budget that nobody gave. */
    private ModelDeploymentSpec given() {
        if (file != null) {
            return SpecFile.read(file);
        }
        ModelDeploymentSpec given = options.given();
        return maxMemory != null ? withMemory(given, Memory.of(null, UNLIMITED)) : given;
    }

    private static ModelDeploymentSpec withMemory(ModelDeploymentSpec spec, Memory memory) {
        return new ModelDeploymentSpec(
                spec.model(),
                spec.dtype(),
                spec.placement(),
                memory,
                spec.gpu(),
                spec.serving(),
                spec.replicas(),
                spec.scheduling());
    }

    private Asked budgeted(Path folder, ModelDeploymentSpec spec) {
        String setting = System.getenv("PLIMSOLL_DEVICES");
        if (gpus == null && setting != null && !setting.isBlank()) {
            List<Long> devices = Devices.find(setting).gpus().stream()
                    .map(Devices.Gpu::bytes)
                    .toList();
            return new Asked(folder, spec, devices, true, null);
        }
        boolean emulated = spec.gpu() != null && spec.gpu().emulated();
        return new Asked(folder, spec, gpuBytes(gpus(spec)), emulated, null);
    }

    private List<Long> gpuBytes(int count) {
        if (gpuMemory == null) {
            return Collections.nCopies(count, PlanRequest.UNLIMITED);
        }
        List<Long> sizes = gpuMemory.stream()
                .map(size -> ByteSize.bytes(Size.parse("--gpu-memory", size)))
                .toList();
        if (sizes.size() != 1 && sizes.size() != count) {
            throw new IllegalArgumentException(
                    "--gpu-memory names " + sizes.size() + " sizes for " + count + " GPUs: name one, or one for each");
        }
        return sizes.size() == count ? sizes : Collections.nCopies(count, sizes.getFirst());
    }

    private int gpus(ModelDeploymentSpec spec) {
        if (spec.placement().policy().equals(PlacementPolicy.HostOnly)) {
            return 0;
        }
        if (gpus != null && gpus < 0) {
            throw new IllegalArgumentException("--gpus must be at least 0");
        }
        return gpus != null ? gpus : spec.gpu() == null ? 1 : spec.gpu().count();
    }

    private Asked limited(Path folder, ModelDeploymentSpec spec, SequencedMap<DeviceId, Long> limits) {
        PlacementPolicy policy = spec.placement().policy();
        if (!Set.of(PlacementPolicy.Sequential, PlacementPolicy.Balanced, PlacementPolicy.BalancedLow0)
                .contains(policy)) {
            throw new IllegalArgumentException(
                    "--max-memory needs --policy Sequential, Balanced or BalancedLow0; the policy is " + policy);
        }
        int count = MaxMemory.gpus(limits);
        if (gpus != null && gpus != count) {
            throw new IllegalArgumentException("--gpus is " + gpus + ", --max-memory names " + count + " GPUs");
        }
        return new Asked(folder, spec, Collections.nCopies(count, PlanRequest.UNLIMITED), false, limits);
    }

    private static void checkIndexes(Memory memory, int gpus) {
        for (GpuLimit limit : Objects.requireNonNullElse(memory.perGpu(), List.<GpuLimit>of())) {
            if (limit.index() >= gpus) {
                throw new IllegalArgumentException(
                        "memory.perGpu limits gpu:" + limit.index() + ", and GPUs are counted from 0 to " + (gpus - 1));
            }
        }
    }

    private int print(ModelFacts model, PlanRequest request) {
        PrintWriter out = command.commandLine().getOut();
        try {
            PlacementPlan plan = Plans.require(request, Plans.UNKNOWN_CORES);
            if (output == Output.json) {
                print(PlanJson.of(model, request, plan));
            } else {
                PlanTable.print(out, model, request, plan);
            }
            return ExitCode.OK.code();
        } catch (PlimsollException refused) {
            if (output == Output.json) {
                print(PlanJson.of(model, request, refused.failure()));
            } else {
                PlanTable.print(out, model, request, refused.failure());
            }
            return ExitCode.of(refused.failure().reason()).code();
        }
    }

    private void print(Object json) {
        PrintWriter out = command.commandLine().getOut();
        try {
            out.println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        out.flush();
    }
}
