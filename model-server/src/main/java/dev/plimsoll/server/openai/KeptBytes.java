package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.GeneratedToken;

/** About what parts of an answer take of the heap until it is told as a whole, and while it becomes JSON. */
final class KeptBytes {
    private static final long TOKEN = 96;
    private static final long LOGPROB = 96;

    private KeptBytes() {}

    static long of(String text) {
        return 4L * text.length();
    }

    static long of(GeneratedToken token) {
        return TOKEN
                + LOGPROB
                        * ((Float.isNaN(token.logprob()) ? 0 : 1) + token.top().size());
    }
}
