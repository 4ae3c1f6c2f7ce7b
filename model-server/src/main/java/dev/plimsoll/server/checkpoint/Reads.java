package dev.plimsoll.server.checkpoint;

/** How weights are read from files. */
public enum Reads {
    /** Through the page cache, as everything else. */
    CACHED,
    /** Past the page cache, where the file system allows it: a load neither fills it nor evicts what others hold there. */
    DIRECT
}
