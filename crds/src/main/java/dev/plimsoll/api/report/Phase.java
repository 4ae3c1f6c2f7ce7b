package dev.plimsoll.api.report;

/** How far a replica is. */
public enum Phase {
    Starting,
    Planning,
    Loading,
    WarmingUp,
    Serving,
    Draining,
    Failed,
    /** The replica says nothing, or what it said is too old. Never reported by a server itself. */
    Unknown
}
