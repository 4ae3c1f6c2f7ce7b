package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Clients that do not take what is made for them: it is made no faster than they take it, and not for ever. */
class SlowReadersTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final Pattern ID = Pattern.compile("\"token_ids\":\\[(\\d+)]");

    @Test
    void oneThatTakesNothingIsPausedThenDropped() throws Exception {
        HttpLimits limits = TestApi.limits(Duration.ofMinutes(2), Duration.ofSeconds(1));
        try (TestApi api = new TestApi(limits, ApiKeys.none(), new CountingGenerator(10_000, 0));
                Socket slow = api.connect(stream(90_000))) {
            await().until(() -> api.generator.paused() == 1);
            JsonNode other = api.post(COMPLETIONS, "{\"prompt\": [5], \"max_tokens\": 100}");
            assertThat(ids(other.at("/choices/0/token_ids").toString()))
                    .isEqualTo(CountingGenerator.tokens(new int[] {5}, 100));
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(api.exchanges()).isZero();
                assertThat(api.generator.running()).isZero();
                assertThat(api.unsentBytes()).isZero();
            });
            assertThat(api.registry
                            .get("plimsoll.requests.failed")
                            .tag("cause", "client_gone")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(slow.isClosed()).isFalse();
        }
    }

    @Test
    void oneThatTakesItLaterGetsAllOfIt() throws Exception {
        int tokens = 30_000;
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(10_000, 0));
                Socket slow = api.connect(stream(tokens))) {
            await().until(() -> api.generator.paused() == 1);
            int made = api.generator.made();
            assertThat(made).isLessThan(tokens);
            assertThat(api.unsentBytes()).isLessThan(2.0 * HttpLimits.DEFAULT.unsentBytes());
            assertThat(streamed(slow)).isEqualTo(CountingGenerator.tokens(new int[] {1}, tokens));
        }
    }

    private static String stream(int tokens) {
        return TestApi.request(COMPLETIONS, "{\"prompt\": [1], \"max_tokens\": " + tokens + ", \"stream\": true}");
    }

    private static List<Integer> ids(String list) {
        List<Integer> ids = new ArrayList<>();
        for (String id : list.replaceAll("[\\[\\]]", "").split(",", -1)) {
            ids.add(Integer.valueOf(id));
        }
        return ids;
    }

    private static List<Integer> streamed(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        byte[] bytes = new byte[1 << 16];
        int count = socket.getInputStream().read(bytes);
        while (count >= 0 && answer.indexOf("[DONE]", Math.max(0, answer.length() - 100)) < 0) {
            answer.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
            count = answer.indexOf("[DONE]", Math.max(0, answer.length() - 100)) < 0
                    ? socket.getInputStream().read(bytes)
                    : -1;
        }
        List<Integer> ids = new ArrayList<>();
        Matcher found = ID.matcher(answer.toString().replaceAll("\r\n[0-9a-f]+\r\n", ""));
        while (found.find()) {
            ids.add(Integer.valueOf(found.group(1)));
        }
        return ids;
    }
}
