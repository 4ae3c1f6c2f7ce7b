package dev.plimsoll.server.templates;

/** Counts what one rendering takes, and ends it at a limit. */
final class Budget {
    private static final int STEPS_BETWEEN_LOOKS = 64;

    private final RenderLimits limits;
    private final long begun = System.nanoTime();
    private final long nanos;
    private long steps;
    private long text;
    private long items;
    private int calls;

    Budget(RenderLimits limits) {
        this.limits = limits;
        this.nanos = limits.time().toNanos();
    }

    void step() {
        steps++;
        if (steps % STEPS_BETWEEN_LOOKS == 0) {
            if (steps > limits.steps()) {
                throw new TemplateLimitException("the template takes more than " + limits.steps() + " steps");
            }
            if (System.nanoTime() - begun > nanos) {
                throw new TemplateLimitException(
                        "the template takes longer than " + limits.time().toMillis() + " ms");
            }
        }
    }

    /** Before a string of so many units is made. */
    void text(long units) {
        if (units > limits.text()) {
            throw new TemplateLimitException("the template makes a text of more than " + limits.text() + " characters");
        }
        text += units;
        if (text > limits.allText()) {
            throw new TemplateLimitException(
                    "the template makes texts of more than " + limits.allText() + " characters in all");
        }
    }

    /** Before so many elements are put into a list or dict. */
    void items(long count) {
        items += count;
        if (items > limits.items()) {
            throw new TemplateLimitException("the template makes lists of more than " + limits.items() + " items");
        }
    }

    void enterCall() {
        calls++;
        if (calls > RenderLimits.MAX_CALLS) {
            throw new TemplateLimitException("the template nests more than " + RenderLimits.MAX_CALLS + " calls");
        }
    }

    void leaveCall() {
        calls--;
    }

    int maxText() {
        return limits.text();
    }
}
