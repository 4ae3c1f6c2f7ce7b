package dev.plimsoll.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random and mutated bodies are read, or refused with a typed error: nothing else. {@code -Dfuzz.bodies=N} says how
 * many.
 */
class RandomBodiesTest {
    private static final List<String> SEEDS = List.of("""
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "a\\u00e9"}]},
             {"role": "assistant", "tool_calls": [{"id": "c", "type": "function",
             "function": {"name": "f", "arguments": "{\\"x\\": 1}"}}]}], "temperature": 0.5, "n": 2, "stop": ["a"],
             "logit_bias": {"7": -1.5}, "tools": [{"type": "function", "function": {"name": "f",
             "parameters": {"type": "object"}}}], "tool_choice": "auto", "stream": true,
             "stream_options": {"include_usage": true}, "response_format": {"type": "json_schema",
             "json_schema": {"name": "s", "schema": {"type": "string"}}}}""", """
            {"prompt": [[1, 2, 3], "text", [4]], "max_tokens": 5, "logprobs": 1, "echo": false, "seed": 1e3,
             "top_k": 5, "stop_token_ids": [1], "suffix": ""}""", """
            {"input": ["a", [1, 2]], "dimensions": 4, "encoding_format": "base64", "user": null}""");
    private static final String PIECES = "{}[]\",:0123456789.eE+-\\u\u0000truefalsnl \n\u00e9";

    @Test
    void nothingButTypedErrors() {
        SplittableRandom random = new SplittableRandom(Long.getLong("fuzz.seed", 1));
        long bodies = Long.getLong("fuzz.bodies", 20_000);
        int read = 0;
        int refused = 0;
        for (long i = 0; i < bodies; i++) {
            byte[] body = mutated(random, SEEDS.get((int) (i % SEEDS.size())));
            try {
                read(i, body);
                read++;
            } catch (ApiException e) {
                assertThat(e.status()).isEqualTo(400);
                assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(2000);
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("body " + i + ": " + new String(body, StandardCharsets.UTF_8), e);
            }
        }
        assertThat(read).as("bodies that were read").isPositive();
        assertThat(refused).as("bodies that were refused").isPositive();
    }

    private static void read(long which, byte[] body) {
        ByteArrayInputStream stream = new ByteArrayInputStream(body);
        switch ((int) (which % SEEDS.size())) {
            case 0 -> RequestReader.chat(stream);
            case 1 -> RequestReader.completion(stream);
            default -> RequestReader.embeddings(stream);
        }
    }

    private static byte[] mutated(SplittableRandom random, String seed) {
        StringBuilder text = new StringBuilder(seed);
        for (int change = random.nextInt(1, 6); change > 0; change--) {
            int at = random.nextInt(text.length() + 1);
            int length = Math.min(random.nextInt(1, 12), text.length() - at);
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, at + length);
                case 1 -> text.insert(at, text.substring(at, at + length));
                case 2 -> text.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
                case 3 -> text.setLength(Math.max(1, at));
                default -> text.replace(at, at + length, String.valueOf(random.nextLong()));
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextInt(4) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
