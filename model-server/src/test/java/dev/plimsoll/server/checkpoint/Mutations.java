package dev.plimsoll.server.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes bytes as a broken disk, a bad download or someone with intent would; the same seed makes the same changes. */
final class Mutations {
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ",",
            ":",
            "null",
            "true",
            "-1",
            "0",
            "1e999",
            "9223372036854775807",
            "18446744073709551616",
            "\\ud800",
            "\\u0000",
            "[[[[[[[[",
            "{\"a\":",
            "\"__metadata__\":",
            "\"dtype\":\"F4\"",
            "\"shape\":[]",
            "\"data_offsets\":[0,0]",
            "../",
            "/etc/passwd",
            "\uFEFF",
            "{\"model_type\":\"llama\"}");

    private final Random random;

    Mutations(long seed) {
        this.random = new Random(seed);
    }

    byte[] of(byte[] original) {
        byte[] bytes = original.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes = once(bytes);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(1 + random.nextInt(64)));
        return switch (random.nextInt(6)) {
            case 0 ->
                spliced(bytes, at, 0, TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8));
            case 1 ->
                spliced(
                        bytes,
                        at,
                        length,
                        TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8));
            case 2 -> spliced(bytes, at, length, new byte[0]);
            case 3 -> spliced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 4 -> Arrays.copyOf(bytes, at);
            default -> flipped(bytes, at, length);
        };
    }

    private static byte[] spliced(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = new byte[bytes.length - removed + inserted.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }

    private byte[] flipped(byte[] bytes, int at, int length) {
        byte[] result = bytes.clone();
        for (int i = at; i < at + length; i++) {
            if (random.nextBoolean()) {
                result[i] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return result;
    }
}
