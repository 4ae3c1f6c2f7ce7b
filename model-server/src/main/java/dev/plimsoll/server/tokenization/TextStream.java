package dev.plimsoll.server.tokenization;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Turns tokens into text as they come. All pieces together are what the tokens decode to as a whole: never half a
 * character, never a part of a stop string, and nothing behind one. Used by one thread.
 *
 * <p>A window of the last tokens is decoded, those before the new ones for what they do to them: a tokenizer of
 * SentencePiece drops the space of a first word.
 */
public final class TextStream {
    private static final String INCOMPLETE = "\uFFFD";

    /** Tokens of a window that begins anew, and the most it grows to where nothing is open. */
    private static final int CONTEXT = 8;

    private static final int LONG = 32;

    /** Beyond, a window of bytes that are no characters is cut where it makes no difference. */
    private static final int TOO_LONG = 64;

    private final Tokenizer tokenizer;
    private final List<String> stops;
    private final List<Integer> window = new ArrayList<>();
    private final StringBuilder held = new StringBuilder();
    private final Set<Integer> shown;
    private int given;
    private boolean stopped;

    /**
     * A stream without text, of tokens that nothing comes before.
     *
     * @param stops strings of which the first to appear ends the text
     */
    public TextStream(Tokenizer tokenizer, List<String> stops) {
        this(tokenizer, stops, Set.of());
    }

    /**
     * A stream that shows some special tokens.
     *
     * @param shown special tokens that are text here
     */
    public TextStream(Tokenizer tokenizer, List<String> stops, Set<Integer> shown) {
        this.tokenizer = tokenizer;
        this.stops = stops;
        this.shown = shown;
    }

    /**
     * A stream of tokens that go on behind a prompt.
     *
     * @param prompt token ids, of which the last are looked at
     * @param stops strings of which the first to appear ends the text; those of the prompt do not count
     * @param shown special tokens that are text here
     */
    public static TextStream after(Tokenizer tokenizer, int[] prompt, List<String> stops, Set<Integer> shown) {
        TextStream stream = new TextStream(tokenizer, stops, shown);
        for (int size = CONTEXT; stream.window.isEmpty() && size > 0; size *= 2) {
            int from = Math.max(0, prompt.length - size);
            List<Integer> last = new ArrayList<>();
            for (int i = from; i < prompt.length; i++) {
                if (!tokenizer.isSpecial(prompt[i])) {
                    last.add(prompt[i]);
                }
            }
            String text = tokenizer.decode(last);
            if (!text.isBlank() || from == 0) {
                stream.window.addAll(last);
                stream.given = text.endsWith(INCOMPLETE) ? text.length() - 1 : text.length();
                break;
            }
        }
        return stream;
    }

    /** Takes a token; returns the text that is certain now, maybe none. */
    public String add(int id) {
        if (tokenizer.isSpecial(id)) {
            if (shown.contains(id)) {
                show(id);
            }
            return release(false);
        }
        window.add(id);
        if (!tokenizer.isByte(id)) {
            String text = tokenizer.decode(window);
            boolean open = text.endsWith(INCOMPLETE);
            give(text, open ? text.length() - 1 : text.length());
            shorten(text, open);
        }
        return release(false);
    }

    private void show(int id) {
        String text = tokenizer.decode(window);
        give(text, text.length());
        held.append(tokenizer.tokenText(id));
        window.clear();
        given = 0;
    }

    /** The text that was held back, once no more tokens come. */
    public String end() {
        String text = tokenizer.decode(window);
        give(text, text.length());
        return release(true);
    }

    /** Whether a stop string appeared. */
    public boolean isStopped() {
        return stopped;
    }

    private void give(String text, int certain) {
        if (certain > given) {
            held.append(text, given, certain);
            given = certain;
        }
    }

    private void shorten(String text, boolean open) {
        if (window.size() < (open ? TOO_LONG : LONG)) {
            return;
        }
        for (int from = window.size() - CONTEXT; from > 0; from--) {
            List<Integer> rest = window.subList(from, window.size());
            String kept = tokenizer.decode(rest);
            boolean same = open
                    ? text.equals(tokenizer.decode(window.subList(0, from)) + kept)
                    : !kept.isBlank() && text.endsWith(kept);
            if (same) {
                given = kept.length() - (text.length() - given);
                window.subList(0, from).clear();
                return;
            }
        }
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
