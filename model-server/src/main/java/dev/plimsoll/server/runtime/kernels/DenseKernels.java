package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.CudaModule.Kernel;

/**
 * The kernels that a shape needs, of one image.
 *
 * @param promptBlock threads of a block of {@code prompt}
 */
record DenseKernels(
        Kernel ropeTable,
        Kernel embed,
        Kernel addNorm,
        Kernel gather,
        Kernel rotate,
        Kernel decodeNarrow,
        Kernel decodeWide,
        Kernel prompt,
        int promptBlock,
        Kernel gated,
        Kernel adjust,
        Kernel choose) {
    /** Keys of a prompt that are in shared memory at once, twice, beside their values. */
    private static final int PROMPT_KEYS = 64;
    /** The same where a warpgroup multiplies. */
    private static final int WARPGROUP_KEYS = 128;

    private static final int WARPGROUP = 128;
    /** What it reads begins at a multiple of this. */
    private static final int ALIGNMENT = 1024;

    private static final int BARRIER_BYTES = 9 * Long.BYTES;
    /** The compute capability whose warpgroups multiply. */
    private static final int WARPGROUPS = 90;

    static DenseKernels of(CudaModule module, DenseShape shape, int capability) {
        int width = shape.headDim();
        boolean warpgroups = capability == WARPGROUPS;
        int keys = warpgroups ? WARPGROUP_KEYS : PROMPT_KEYS;
        int promptBytes = (4 * keys + StepLayout.TILE_TOKENS) * width * KernelImage.Element.BYTES
                + (warpgroups ? ALIGNMENT + BARRIER_BYTES : 0);
        return new DenseKernels(
                module.kernel("rope_table"),
                module.kernel("embed"),
                module.kernel("add_norm"),
                module.kernel("gather"),
                module.kernel("rotate_" + width),
                module.kernel("decode_" + width + "_4"),
                module.kernel("decode_" + width + "_8"),
                module.kernel("prompt_" + width, promptBytes),
                warpgroups ? 3 * WARPGROUP : StepLayout.TILE_TOKENS,
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
