package dev.plimsoll.server.templates;

import java.time.Duration;

/**
 * What one rendering may take.
 *
 * @param time from its begin
 * @param steps expressions and statements evaluated
 * @param text UTF-16 units of one string or of the output
 * @param allText UTF-16 units of all strings made, together
 * @param items elements of all lists and dicts made, together
 */
public record RenderLimits(Duration time, long steps, int text, long allText, long items) {
    /** Nested calls, and nested recursive loops. */
    static final int MAX_CALLS = 120;

    /** Values inside values. */
    static final int MAX_NESTING = 200;

    /** For inputs of some megabytes on a small heap. */
    public static final RenderLimits DEFAULT =
            new RenderLimits(Duration.ofSeconds(5), 20_000_000, 8 << 20, 128 << 20, 16_000_000);
}
