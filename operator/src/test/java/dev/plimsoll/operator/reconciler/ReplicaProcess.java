package dev.plimsoll.operator.reconciler;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers {@code /placement} on the management port of an address of its own, with what a test says. */
final class ReplicaProcess implements AutoCloseable {
    private static final int MANAGEMENT_PORT = 9000;
    private static final AtomicInteger ADDRESSES = new AtomicInteger(1);

    final String ip = address(ADDRESSES.incrementAndGet());
    private final HttpServer http;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile @Nullable String report;
    private volatile boolean hangs;

    ReplicaProcess() throws IOException {
        http = HttpServer.create(new InetSocketAddress(ip, MANAGEMENT_PORT), 0);
        http.createContext("/placement", exchange -> {
            String answer = report;
            asked.incrementAndGet();
            byte[] body = (answer == null ? "" : answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer == null ? 503 : 200, body.length == 0 ? -1 : body.length);
            if (hangs) {
                exchange.getResponseBody().write(body, 0, body.length / 2);
                exchange.getResponseBody().flush();
                return;
            }
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        http.start();
    }

    /** Of this process alone, so that two runs on one machine do not take each other's. */
    private static String address(int number) {
        return "127." + (2 + ProcessHandle.current().pid() % 250) + "." + number / 250 + "." + (1 + number % 250);
    }

    void says(String json) {
        report = json;
    }

    /** Stops in the middle of each answer, and leaves the connection as it is. */
    void hangs(boolean now) {
        hangs = now;
    }

    void fallsSilent() {
        report = null;
    }

    int timesAsked() {
        return asked.get();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
