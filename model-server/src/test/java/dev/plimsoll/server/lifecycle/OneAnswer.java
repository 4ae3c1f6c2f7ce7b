package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.ModelSource;
import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Serving;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.generation.TokenListener;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A server without ports, in a process of its own: loads a model, answers once, says what its emulated GPUs hold, and
 * ends.
 */
final class OneAnswer {
    /** What it says when it has answered, before the bytes of its emulated GPUs. */
    static final String ANSWERED = "answered, emulated bytes: ";

    /** What it says before the bytes of the host that were planned. */
    static final String PLANNED = "planned, host bytes: ";

    private OneAnswer() {}

    /** Folder of the checkpoint, policy, GPUs, host budget; maybe sequences. */
    public static void main(String... arguments) throws Exception {
        PlacementPolicy policy = new PlacementPolicy(arguments[1]);
        ModelDeploymentSpec spec = new ModelDeploymentSpec(
                new ModelSource("file:///model", null),
                Dtype.Auto,
                policy.mayOffload() ? new Placement(policy, null, List.of(OffloadTier.Disk)) : Placement.of(policy),
                Memory.of(null, new Quantity(arguments[3])),
                null,
                new Serving(arguments.length > 4 ? Integer.valueOf(arguments[4]) : 1, 16),
                1,
                null);
        Path folder = Path.of(arguments[0]);
        Settings settings = new Settings(folder, folder.toString(), spec, "model", arguments[2], null, null);
        ModelServer server = ModelServer.plan(settings, StartUp.begin());
        CompletableFuture<?> listening = CompletableFuture.completedFuture(null);
        Thread engine = Thread.ofPlatform().start(() -> server.run(listening, failure -> System.exit(1)));
        while (!server.phase().equals(Phase.Serving)) {
            Thread.sleep(10);
        }
        Scheduler scheduler = server.scheduler();
        if (scheduler == null) {
            throw new IllegalStateException("it serves without a scheduler");
        }
        FirstToken first = new FirstToken();
        scheduler.submit(GenerationRequest.of(new int[] {1, 2, 3}, 1, Set.of(), SamplingParameters.greedy()), first);
        first.arrived.get();
        long emulated = server.load().devices().values().stream()
                .filter(device -> device.id().isGpu())
                .map(Device::usage)
                .mapToLong(usage -> usage.process().orElseThrow())
                .sum();
        System.out.println(PLANNED + server.plan().host().total());
        System.out.println(ANSWERED + emulated);
        server.drain();
        engine.join();
        System.exit(0);
    }

    private static final class FirstToken implements TokenListener {
        private final CompletableFuture<Integer> arrived = new CompletableFuture<>();

        @Override
        public boolean token(GeneratedToken token) {
            arrived.complete(token.id());
            return true;
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
            arrived.completeExceptionally(new IllegalStateException("it ended without a token: " + reason));
        }

        @Override
        public void failed(Exception cause) {
            arrived.completeExceptionally(cause);
        }
    }
}
