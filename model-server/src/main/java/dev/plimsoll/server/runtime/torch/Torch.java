package dev.plimsoll.server.runtime.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** libtorch, loaded once per process, and the tensor operations that are needed besides the models' own. */
public final class Torch {
    private final PtNDManager manager;
    private final ScriptModule tensors;
    private @Nullable LibtorchC c;

    private Torch(PtNDManager manager, ScriptModule tensors) {
        this.manager = manager;
        this.tensors = tensors;
    }

    /**
     * Loads libtorch and DJL's JNI library from {@code PYTORCH_LIBRARY_PATH}.
     *
     * @throws PlimsollException {@code EngineFailed} when they cannot be loaded or do not belong together
     */
    public static Torch load() {
        NativeLibraries.check();
        try {
            DjlStart.withoutGpuLookUp();
            PtNDManager manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager(ai.djl.Device.cpu());
            useOnThisThread();
            ScriptModule tensors = ScriptModule.load(
                    manager,
                    List.of("tensors.py", "sampling.py"),
                    new LinkedHashMap<>(Map.of("training", false)),
                    List.of());
            return new Torch(manager, tensors);
        } catch (RuntimeException | LinkageError e) {
            throw new PlimsollException(
                    Reason.EngineFailed,
                    "libtorch could not be loaded: " + root(e) + "; use the image's own libraries, or set"
                            + " PYTORCH_LIBRARY_PATH to a folder with libtorch and libdjl_torch.so of one version",
                    e);
        }
    }

    private static Throwable root(Throwable e) {
        Throwable cause = e.getCause();
        return cause == null ? e : root(cause);
    }

    /**
     * Prepares the calling thread: TorchScript is interpreted as written, without the profiling that makes a method's
     * first calls slow and merges equal allocations.
     */
    public static void useOnThisThread() {
        JniUtils.setGraphExecutorOptimize(false);
    }

    /** Owns what lives as long as libtorch does. */
    public PtNDManager manager() {
        return manager;
    }

    /** The methods of {@code tensors.py} and {@code sampling.py}. */
    public ScriptModule tensors() {
        return tensors;
    }

    /** Opened when it is first needed: only GPUs need it. */
    public synchronized LibtorchC c() {
        if (c == null) {
            c = new LibtorchC();
        }
        return c;
    }
}
