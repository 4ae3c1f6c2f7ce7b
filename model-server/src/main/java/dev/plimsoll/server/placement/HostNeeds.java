package dev.plimsoll.server.placement;

/**
 * Host memory that a server needs whatever the model.
 *
 * @param engineBytes the JVM and libtorch, serving, before the first tensor
 * @param stagingBytes the loader's ring of buffers
 */
public record HostNeeds(long engineBytes, long stagingBytes) {
    /** Above the peak of anonymous memory less the tensors of a small model under load, with room for a full heap. */
    public static final HostNeeds MEASURED = new HostNeeds(400L << 20, 16L << 20);
}
