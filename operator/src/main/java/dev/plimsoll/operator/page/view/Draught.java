package dev.plimsoll.operator.page.view;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How deep a hull sits, and the words for it. */
record Draught(
        @Nullable Amount budget,
        @Nullable Amount planned,
        @Nullable Amount measured,
        @Nullable Amount peak) {

    /** The most that was measured; where nothing was, what is planned. */
    @Nullable
    Amount deepest() {
        if (measured == null && peak == null) {
            return planned;
        }
        if (measured == null || peak == null) {
            return measured == null ? peak : measured;
        }
        return peak.bytes() > measured.bytes() ? peak : measured;
    }

    Level level() {
        Amount deepest = deepest();
        if (deepest == null || budget == null) {
            return Level.Unknown;
        }
        int over = Long.compare(deepest.bytes(), budget.bytes());
        return over > 0 ? Level.Over : over == 0 ? Level.At : Level.Below;
    }

    String words(@Nullable String predictionError) {
        List<String> words = new ArrayList<>();
        if (measured != null) {
            words.add(measured.text() + " measured");
        }
        if (peak != null) {
            words.add(peak.text() + " at most");
        }
        if (words.isEmpty()) {
            words.add("nothing is measured");
        }
        if (planned != null) {
            words.add(planned.text() + " planned" + (predictionError == null ? "" : " (" + predictionError + ")"));
        }
        words.add(budget == null ? "no budget is known" : "budget " + budget.text() + distance(budget));
        return String.join(", ", words);
    }

    private String distance(Amount line) {
        Amount deepest = deepest();
        if (deepest == null) {
            return "";
        }
        String whose = measured == null && peak == null ? "the plan is " : "";
        long room = line.bytes() - deepest.bytes();
        return switch (level()) {
            case Below -> ": " + whose + Amount.of(room).text() + " below the load line";
            case At -> ": " + whose + "at the load line";
            case Over -> ": " + whose + Amount.of(-room).text() + " over the load line";
            case Unknown -> "";
        };
    }
}
