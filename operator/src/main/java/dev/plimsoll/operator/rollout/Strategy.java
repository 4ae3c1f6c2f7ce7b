package dev.plimsoll.operator.rollout;

/** How pods are replaced. */
public enum Strategy {
    /** A new pod is made first, in room of its own. */
    SURGE("Surge"),
    /** An old pod ends first: a new one takes its place. */
    REPLACE("Replace");

    private final String word;

    Strategy(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
