package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What the host's bytes are: heap + staging + weights + engine + other = anonymous + pinned memory of the process.
 *
 * @param heap what the JVM's heap has taken
 * @param staging buffers that weights pass through, of a load or of streams
 * @param weights tensors that live on the host: offloaded weights and KV cache, and all of an emulated GPU
 * @param engine the JVM and libtorch without the heap, as measured before the first tensor
 * @param other the rest; below zero when less is taken than was measured then
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record HostLedger(long heap, long staging, long weights, long engine, long other) {
    /** The ledger of so many bytes in all. */
    public static HostLedger of(long total, long heap, long staging, long weights, long engine) {
        return new HostLedger(heap, staging, weights, engine, total - heap - staging - weights - engine);
    }
}
