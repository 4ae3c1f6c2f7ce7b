package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.CudaModule.Kernel;

/** The kernels that a shape needs, of one image. */
record DenseKernels(
        Kernel ropeTable,
        Kernel embed,
        Kernel addNorm,
        Kernel gather,
        Kernel rotate,
        Kernel decodeNarrow,
        Kernel decodeWide,
        Kernel prompt,
        Kernel gated,
        Kernel adjust,
        Kernel choose) {
    /** Keys of a prompt that are in shared memory at once, twice, beside their values. */
    private static final int PROMPT_KEYS = 64;

    static DenseKernels of(CudaModule module, DenseShape shape) {
        int width = shape.headDim();
        int promptBytes = (4 * PROMPT_KEYS + StepLayout.TILE_TOKENS) * width * KernelImage.Element.BYTES;
        return new DenseKernels(
                module.kernel("rope_table"),
                module.kernel("embed"),
                module.kernel("add_norm"),
                module.kernel("gather"),
                module.kernel("rotate_" + width),
                module.kernel("decode_" + width + "_4"),
                module.kernel("decode_" + width + "_8"),
                module.kernel("prompt_" + width, promptBytes),
                module.kernel(
                        switch (shape.activation()) {
                            case SILU -> "gated_silu";
                            case GELU -> "gated_gelu";
                            case GELU_TANH -> "gated_gelu_tanh";
                            case RELU -> "gated_relu";
                        }),
                module.kernel("adjust"),
                module.kernel("choose"));
    }
}
