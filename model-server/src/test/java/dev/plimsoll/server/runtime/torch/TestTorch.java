package dev.plimsoll.server.runtime.torch;

/** libtorch, loaded once for all tests of a process. */
public final class TestTorch {
    public static final Torch LOADED = Torch.load();

    private TestTorch() {}
}
