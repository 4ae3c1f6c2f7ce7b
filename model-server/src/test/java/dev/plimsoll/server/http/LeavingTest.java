package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What clients that keep their connections notice of a server that is about to end. */
class LeavingTest {
    private static final String REQUEST = TestApi.request("/v1/completions", "{\"prompt\": [1, 2], \"max_tokens\": 2}");
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    @Test
    void theyAreAnsweredOnceMoreAndToldToGoElsewhere() throws Exception {
        try (TestApi api = TestApi.open();
                Socket asks = api.connect(REQUEST);
                Socket quiet = api.connect(REQUEST)) {
            assertThat(answer(asks)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
            assertThat(answer(quiet)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
            CompletableFuture<Void> leaving = leave(api, FAREWELL);
            await().until(api::isLeaving);

            asks.getOutputStream().write(REQUEST.getBytes(StandardCharsets.UTF_8));
            assertThat(answer(asks)).startsWith("HTTP/1.1 200").contains("Connection: close");
            assertThat(asks.getInputStream().read())
                    .as("closed behind the answer")
                    .isEqualTo(-1);
            try (Socket late = api.connect(REQUEST)) {
                assertThat(answer(late)).startsWith("HTTP/1.1 200").contains("Connection: close");
            }
            leaving.join();
            assertThat(quiet.getInputStream().read()).as("closed, not reset").isEqualTo(-1);
            await().until(() -> api.connections() == 0);
        }
    }

    @Test
    void anAnswerUnderWayIsCompleteBeforeItsConnectionCloses() throws Exception {
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(10_000, 20_000_000));
                Socket asks = api.connect(TestApi.request(
                        "/v1/completions", "{\"prompt\": [1], \"max_tokens\": 40, \"stream\": true}"))) {
            await().until(() -> api.exchanges() == 1);
            leave(api, Duration.ofMillis(1)).join();
            String all = new String(asks.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all).startsWith("HTTP/1.1 200").contains("data: [DONE]").endsWith("0\r\n\r\n");
        }
    }

    /** A client that was not told asks again on its connection, and is answered. */
    @Test
    void anAnswerWhoseHeadWentBeforeIsFollowedByOneThatSaysSo() throws Exception {
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(10_000, 20_000_000));
                Socket asks = api.connect(TestApi.request(
                        "/v1/completions", "{\"prompt\": [1], \"max_tokens\": 20, \"stream\": true}"))) {
            until(asks, "\r\n\r\n");
            CompletableFuture<Void> leaving = leave(api, FAREWELL);
            await().until(api::isLeaving);
            assertThat(until(asks, "0\r\n\r\n")).contains("data: [DONE]");
            asks.getOutputStream().write(REQUEST.getBytes(StandardCharsets.UTF_8));
            assertThat(answer(asks)).startsWith("HTTP/1.1 200").contains("Connection: close");
            assertThat(asks.getInputStream().read()).isEqualTo(-1);
            leaving.join();
        }
    }

    private static String until(Socket socket, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            read.append((char) socket.getInputStream().read());
        }
        return read.toString();
    }

    private static CompletableFuture<Void> leave(TestApi api, Duration farewell) {
        return CompletableFuture.runAsync(() -> {
            try {
                api.leave(farewell);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Head and body of an answer with a length. */
    private static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        String length = head.toString()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .findFirst()
                .orElseThrow();
        byte[] body = in.readNBytes(
                Integer.parseInt(length.substring(length.indexOf(':') + 1).strip()));
        return head + new String(body, StandardCharsets.UTF_8);
    }
}
