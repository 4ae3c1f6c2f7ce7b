package dev.plimsoll.server.runtime.torch;

import ai.djl.util.cuda.CudaUtils;
import java.lang.invoke.MethodHandles;

/**
 * Keeps DJL from asking a CUDA runtime of the system for its GPUs, which it does whenever it is loaded: by JNA, or in a
 * JVM of its own. Nothing here needs the answer, and it takes longer than all else that DJL does by itself. The setting
 * counts while a class of DJL's is initialized and must not stand afterwards; so whoever uses DJL calls this first, and
 * all but the first wait until that is done.
 */
public final class DjlStart {
    private static final String FORK = "ai.djl.util.cuda.fork";

    static {
        System.setProperty(FORK, "true");
        try {
            MethodHandles.lookup().ensureInitialized(CudaUtils.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        } finally {
            System.clearProperty(FORK);
        }
    }

    private DjlStart() {}

    /** To be called before anything of DJL's. */
    public static void withoutGpuLookUp() {
        // The class is initialized by now, once.
    }
}
