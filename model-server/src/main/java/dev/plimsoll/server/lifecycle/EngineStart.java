package dev.plimsoll.server.lifecycle;

import dev.plimsoll.server.lifecycle.StartUp.Part;
import dev.plimsoll.server.runtime.Torch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Loads libtorch on a thread of its own while the rest starts. Begun only when the plan fits: a process cannot end
 * while its libraries are being loaded, and a refusal is not to wait for what it does not need.
 */
final class EngineStart {
    private final CompletableFuture<Torch> loading;

    private EngineStart(CompletableFuture<Torch> loading) {
        this.loading = loading;
    }

    static EngineStart begin(StartUp startUp) {
        return new EngineStart(CompletableFuture.supplyAsync(
                () -> startUp.time(Part.ENGINE, Torch::load),
                work -> Thread.ofPlatform().daemon().name("engine-start").start(work)));
    }

    /**
     * The engine, prepared for the calling thread.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code EngineFailed} when it cannot be loaded
     */
    Torch await() {
        try {
            Torch torch = loading.join();
            Torch.useOnThisThread();
            return torch;
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw e;
            }
        }
    }
}
