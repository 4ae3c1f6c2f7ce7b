package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A thousand streams at once, with clients among them that are slow, half-closed, malformed, or vanish. */
class ManyClientsTest {
    private static final int CLIENTS = 1000;
    private static final int TOKENS = 40;
    /** Of those who take nothing: what a usual connection holds would be made for nobody. */
    private static final int SMALL = 4096;

    /** More than one of this model's tokens takes. */
    private static final int EVENT_BYTES = 256;

    private static final Pattern IDS = Pattern.compile("\"token_ids\":\\[([0-9]+)]");

    private final TestApi api =
            new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(10_000, 2_000_000));
    private final CountDownLatch rightOnesDone = new CountDownLatch(CLIENTS / 2);
    private final AtomicLong mostUnsent = new AtomicLong();

    @Test
    void everyRightClientGetsItsTokens() throws Exception {
        List<Future<List<Integer>>> answers = new ArrayList<>();
        try (api;
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                int prompt = i % 900;
                answers.add(clients.submit(
                        switch (i % 10) {
                            case 1 -> halfClosed(prompt);
                            case 3 -> vanishing(prompt);
                            case 5 -> malformed();
                            case 7 -> notReading(prompt);
                            case 9 -> slow(prompt);
                            default -> right(prompt);
                        }));
            }
            for (int i = 0; i < CLIENTS; i++) {
                List<Integer> tokens = got(i, answers.get(i));
                if (i % 2 == 0 || i % 10 == 9) {
                    assertThat(tokens)
                            .as("client " + i)
                            .isEqualTo(CountingGenerator.tokens(new int[] {i % 900}, TOKENS));
                }
            }
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(api.generator.running()).isZero();
                assertThat(api.exchanges()).isZero();
                assertThat(api.unsentBytes()).isZero();
            });
        }
        assertThat(mostUnsent.get()).isLessThan(mostThatMayWait());
    }

    /** Of all answers together, and of each what it may have beyond, with its tokens that were not yet text then. */
    private static long mostThatMayWait() {
        HttpLimits limits = HttpLimits.DEFAULT;
        long beyond =
                limits.unsentBytes() / EventStream.LESS_WHEN_FULL + (long) GenerationExchange.MOST_TOKENS * EVENT_BYTES;
        return limits.allUnsentBytes() + CLIENTS * beyond;
    }

    private static List<Integer> got(int client, Future<List<Integer>> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new AssertionError("client " + client, e);
        }
    }

    private static String request(int prompt, int tokens) {
        return TestApi.request(
                "/v1/completions", "{\"prompt\": [" + prompt + "], \"max_tokens\": " + tokens + ", \"stream\": true}");
    }

    private Callable<List<Integer>> right(int prompt) {
        return () -> {
            try (Socket socket = api.connect(request(prompt, TOKENS))) {
                return read(socket, 0);
            } finally {
                mostUnsent.accumulateAndGet((long) api.unsentBytes(), Math::max);
                rightOnesDone.countDown();
            }
        };
    }

    /** Reads a few bytes at a time, and waits between. */
    private Callable<List<Integer>> slow(int prompt) {
        return () -> {
            try (Socket socket = api.connect(request(prompt, TOKENS))) {
                return read(socket, 2);
            }
        };
    }

    /** Asks for much and takes nothing while the others are served. */
    private Callable<List<Integer>> notReading(int prompt) {
        return () -> {
            try (Socket socket = api.connect(request(prompt, 90_000), SMALL)) {
                rightOnesDone.await();
                return List.of(socket.getPort());
            }
        };
    }

    private Callable<List<Integer>> halfClosed(int prompt) {
        return () -> {
            try (Socket socket = api.connect(request(prompt, 90_000), SMALL)) {
                socket.shutdownOutput();
                rightOnesDone.await();
                return List.of(socket.getPort());
            }
        };
    }

    private Callable<List<Integer>> vanishing(int prompt) {
        return () -> {
            Socket socket = api.connect(request(prompt, 90_000));
            socket.setSoLinger(true, 0);
            Thread.sleep(prompt % 60);
            socket.close();
            return List.of();
        };
    }

    private Callable<List<Integer>> malformed() {
        return () -> {
            try (Socket socket = api.connect(
                    "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{]\u0000\u0001 nope")) {
                byte[] answer = socket.getInputStream().readNBytes(12);
                assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 400");
                return List.of();
            }
        };
    }

    private static List<Integer> read(Socket socket, long pauseMillis) throws IOException, InterruptedException {
        StringBuilder answer = new StringBuilder();
        byte[] bytes = new byte[pauseMillis == 0 ? 8192 : 100];
        InputStream in = socket.getInputStream();
        while (answer.indexOf("[DONE]") < 0) {
            int count = in.read(bytes);
            if (count < 0) {
                break;
            }
            answer.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
            Thread.sleep(pauseMillis);
        }
        List<Integer> ids = new ArrayList<>();
        Matcher found = IDS.matcher(answer.toString().replaceAll("\r\n[0-9a-f]+\r\n", ""));
        while (found.find()) {
            ids.add(Integer.valueOf(found.group(1)));
        }
        return ids;
    }
}
