package dev.plimsoll.server.grammar;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.server.grammar.Expression.Rule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Texts of a grammar as a model that knows nothing of it writes them: any token that it lets come next. */
final class Texts {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Texts() {}

    /** Every byte, and some tokens of several: words, punctuation that closes and opens at once, halves of characters. */
    static Vocabulary vocabulary() {
        List<byte[]> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        for (String token : List.of(
                "{\"",
                "\":",
                "\": ",
                "\",",
                "\", \"",
                "\"}",
                "\"}}",
                "},{",
                "[[",
                "]]",
                "[]",
                "{}",
                "null",
                "true",
                "false",
                "name",
                " the",
                "the ",
                "e\"",
                "12",
                "007",
                "-1",
                "0.",
                "e9",
                "\\n",
                "\\\"",
                "\\u",
                "\\ud83d",
                "\n  ",
                "\n    \"",
                "é",
                "日本",
                "😀",
                "a\nb",
                "\": {\"",
                "\": [",
                "], \"",
                "10",
                "99")) {
            tokens.add(token.getBytes(StandardCharsets.UTF_8));
        }
        tokens.add(new byte[] {(byte) 0xf0, (byte) 0x9f});
        tokens.add(new byte[] {(byte) 0x98, (byte) 0x80, '"'});
        return Vocabulary.of(tokens.size(), tokens::get);
    }

    static GrammarMatcher.Shared shared(Rule rule, Vocabulary vocabulary) {
        return new GrammarMatcher.Shared(Grammar.of(rule), new Masks(vocabulary, 1 << 20));
    }

    /**
     * One text.
     *
     * @param closing from so many tokens on, what leads out of strings and lists is taken where it may come
     * @return null when it is not complete after so many tokens
     */
    static @Nullable String random(
            GrammarMatcher.Shared shared, Vocabulary vocabulary, SplittableRandom random, int closing, int most) {
        GrammarMatcher text = shared.begin();
        StringBuilder written = new StringBuilder();
        for (int count = 0; count < most; count++) {
            if (text.isOver() || (text.isComplete() && random.nextInt(4) == 0)) {
                return new String(written.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            }
            int[] allowed = ids(text.mask());
            if (allowed.length == 0) {
                throw new AssertionError("nothing may come behind " + written);
            }
            int id = allowed[random.nextInt(allowed.length)];
            if (count > closing && random.nextBoolean()) {
                int[] leading = Arrays.stream(allowed)
                        .filter(one -> one < 256 && "\"]}ac\u00c3\u00a9".indexOf(one) >= 0)
                        .toArray();
                id = leading.length == 0 ? id : leading[random.nextInt(leading.length)];
            }
            if (!text.accept(id)) {
                throw new AssertionError("token " + id + " was allowed behind " + written);
            }
            written.append(new String(bytes(vocabulary, id), StandardCharsets.ISO_8859_1));
        }
        return null;
    }

    private static byte[] bytes(Vocabulary vocabulary, int id) {
        return Objects.requireNonNull(vocabulary.bytes(id));
    }

    static int[] ids(TokenMask mask) {
        long[] bits = new long[64];
        mask.addTo(bits);
        return BitSet.valueOf(bits).stream().toArray();
    }

    /** Whether a grammar has a text, byte by byte. */
    static boolean has(Rule rule, String text) {
        Automaton automaton = new Automaton(Grammar.of(rule));
        State state = automaton.start();
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            state = automaton.next(state, one & 0xff);
            if (state == State.DEAD) {
                return false;
            }
        }
        return state.isComplete();
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> schema(String json) {
        try {
            return JSON.readValue(json, Map.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
