package dev.plimsoll.server.grammar;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Characters as bytes. */
final class Utf8 {
    private Utf8() {}

    /** Code points in bytes that are whole characters; -1 when they are not. */
    static int characters(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.codePointCount(0, text.length());
        } catch (CharacterCodingException e) {
            return -1;
        }
    }
}
