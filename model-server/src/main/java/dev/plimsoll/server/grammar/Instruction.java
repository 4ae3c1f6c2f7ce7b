package dev.plimsoll.server.grammar;

/** A step of a compiled grammar. Without a target of its own, it is followed by the next one. */
@SuppressWarnings("ArrayRecordComponent")
sealed interface Instruction {
    /** Takes one byte of a set. */
    record Take(ByteSet bytes) implements Instruction {}

    /** Goes on at a rule, and behind it here. */
    record Call(int target) implements Instruction {}

    /** Goes on elsewhere. */
    record Jump(int target) implements Instruction {}

    /**
     * Goes on at any of several places.
     *
     * @param depths frames that each needs at least
     */
    record Fork(int[] targets, int[] depths) implements Instruction {}

    /**
     * Calls a rule as often as a frame's counter allows.
     *
     * @param depth frames that one call needs at least
     */
    record Repeat(int target, int least, int most, int depth) implements Instruction {}

    /** Ends a rule. */
    record Return() implements Instruction {}
}
