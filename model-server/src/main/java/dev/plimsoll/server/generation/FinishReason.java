package dev.plimsoll.server.generation;

/** Why a sequence ended. */
public enum FinishReason {
    /** An end token, or the listener asked for it. */
    STOP,
    /** As many tokens as were asked for or as a slot holds. */
    LENGTH
}
