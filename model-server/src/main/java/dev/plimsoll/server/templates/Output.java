package dev.plimsoll.server.templates;

/** A string that is being made, within the budget. */
final class Output {
    private static final int GRAIN = 4096;

    private final StringBuilder text = new StringBuilder();
    private final Budget budget;
    private int counted;

    Output(Budget budget) {
        this.budget = budget;
    }

    Output append(String piece) {
        if ((long) text.length() + piece.length() > budget.maxText()) {
            budget.text((long) text.length() + piece.length());
        }
        text.append(piece);
        count();
        return this;
    }

    Output append(char unit) {
        text.append(unit);
        count();
        return this;
    }

    Output repeat(String piece, long times) {
        budget.text(text.length() + piece.length() * times);
        text.repeat(piece, Math.toIntExact(times));
        return this;
    }

    private void count() {
        if (text.length() - counted > GRAIN) {
            budget.text(text.length() - counted);
            counted = text.length();
        }
    }

    int length() {
        return text.length();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
