package dev.plimsoll.server.lifecycle;

import dev.plimsoll.server.Background;
import dev.plimsoll.server.lifecycle.StartUp.Part;
import dev.plimsoll.server.runtime.torch.Torch;

/**
 * Loads libtorch on a thread of its own while the rest starts. Begun only when the plan fits: a process cannot end
 * while its libraries are being loaded, and a refusal is not to wait for what it does not need.
 */
final class EngineStart {
    private final Background<Torch> loading;

    private EngineStart(Background<Torch> loading) {
        this.loading = loading;
    }

    static EngineStart begin(StartUp startUp) {
        return new EngineStart(Background.start("engine-start", () -> startUp.time(Part.ENGINE, Torch::load)));
    }

    /**
     * The engine, prepared for the calling thread.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code EngineFailed} when it cannot be loaded
     */
    Torch await() {
        Torch torch = loading.await();
        Torch.useOnThisThread();
        return torch;
    }
}
