package dev.plimsoll.server.tokenization;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns tokens into text as they come: never half a character, never a part of a stop string, and nothing behind one.
 */
public final class TextStream {
    private static final String INCOMPLETE = "\uFFFD";

    private final Tokenizer tokenizer;
    private final List<String> stops;
    private final List<Integer> window = new ArrayList<>();
    private int settled;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    /**
     * A stream without text.
     *
     * @param stops strings of which the first to appear ends the text
     */
    public TextStream(Tokenizer tokenizer, List<String> stops) {
        this.tokenizer = tokenizer;
        this.stops = stops;
    }

    /** Takes a token; returns the text that is certain now, maybe none. */
    public String add(int id) {
        window.add(id);
        String before = tokenizer.decode(window.subList(0, settled));
        String now = tokenizer.decode(window);
        if (!now.endsWith(INCOMPLETE) && now.length() > before.length()) {
            held.append(now, before.length(), now.length());
            window.subList(0, settled).clear();
            settled = window.size();
        }
        return release(false);
    }

    /** The text that was held back, once no more tokens come. */
    public String end() {
        if (!stopped && settled < window.size()) {
            String before = tokenizer.decode(window.subList(0, settled));
            String now = tokenizer.decode(window);
            held.append(now, Math.min(before.length(), now.length()), now.length());
        }
        return release(true);
    }

    /** Whether a stop string appeared. */
    public boolean isStopped() {
        return stopped;
    }

    private String release(boolean all) {
        if (stopped) {
            return "";
        }
        int stop = stops.stream()
                .mapToInt(held::indexOf)
                .filter(index -> index >= 0)
                .min()
                .orElse(-1);
        if (stop >= 0) {
            stopped = true;
            return held.substring(0, stop);
        }
        int certain = all ? held.length() : held.length() - longestStopPrefixAtEnd();
        String text = held.substring(0, certain);
        held.delete(0, certain);
        return text;
    }

    private int longestStopPrefixAtEnd() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
