package dev.plimsoll.server.cuda;

/**
 * A GPU that this process may use.
 *
 * @param ordinal its number among those
 * @param uuid {@code GPU-...}, as nvidia-smi prints it
 * @param product the vendor's name for it
 * @param totalBytes all of its memory
 */
public record CudaGpu(int ordinal, String uuid, String product, long totalBytes) {}
