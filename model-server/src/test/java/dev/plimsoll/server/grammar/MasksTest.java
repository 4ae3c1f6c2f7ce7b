package dev.plimsoll.server.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MasksTest {
    private static final int TOKENS = 150_000;

    /** Bytes, and as many words as a large model has. */
    private static Vocabulary large() {
        return Vocabulary.of(
                TOKENS, id -> id < 256 ? new byte[] {(byte) id} : ("w" + id).getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatMayStandInAStringIsKeptOnceForAllPlaces() {
        Masks masks = new Masks(large(), 1 << 20);
        GrammarMatcher text = new GrammarMatcher.Shared(
                        Grammar.of(
                                JsonSchema.rule(
                                        Texts.schema(
                                                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"type\": \"string\"}}}"))),
                        masks)
                .begin();
        for (byte one : "{\"a\":\"x\",\"b\":\"y".getBytes(StandardCharsets.US_ASCII)) {
            text.mask();
            assertThat(text.accept(one & 0xff)).isTrue();
        }
        TokenMask mask = text.mask();
        long[] bits = new long[Math.ceilDiv(TOKENS, Long.SIZE)];
        mask.addTo(bits);
        assertThat(isSet(bits, 'z')).isTrue();
        assertThat(isSet(bits, '"')).isTrue();
        assertThat(isSet(bits, '\n')).isFalse();
        assertThat(isSet(bits, 149_999)).isTrue();
        assertThat(mask.bytes()).isLessThan(4096);
        assertThat(masks.bytes()).isLessThan(100 << 10);
    }

    private static boolean isSet(long[] bits, int id) {
        return (bits[id / Long.SIZE] >>> id & 1) == 1;
    }
}
