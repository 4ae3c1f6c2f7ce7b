package dev.plimsoll.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/**
 * Runs in the place of a model server and answers as it is told to by /tmp/manner, which a test writes. It is alive
 * whatever it answers. Its report is one of a real server, /impostor/report.json, under its own pod's UID and times.
 */
final class Impostor {
    private static final Path MANNER = Path.of("/tmp/manner");

    private final Instant started;

    private Impostor(Instant started) {
        this.started = started;
    }

    /** @param arguments the ports to listen on */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Impostor impostor = new Impostor(Instant.now());
        for (String port : arguments) {
            ServerSocket listening = new ServerSocket(Integer.parseInt(port));
            Thread.ofPlatform().start(() -> impostor.serve(listening));
        }
        Thread.currentThread().join();
    }

    private void serve(ServerSocket listening) {
        while (true) {
            try {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void answer(Socket client) {
        try (client) {
            String request = line(client);
            String header = line(client);
            while (!header.isEmpty()) {
                header = line(client);
            }
            boolean isReport = request.contains(" /placement ");
            String body = isReport ? report() : "{\"status\":\"UP\"}";
            String manner = isReport ? manner() : "Serve";
            int status = request.contains(" /q/health/ready ") && manner().equals("Load") ? 503 : 200;
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            OutputStream out = client.getOutputStream();
            switch (manner) {
                case "Hang" -> {
                    out.write(head(200, bytes.length));
                    out.write(bytes, 0, bytes.length / 2);
                    out.flush();
                    Thread.sleep(600_000);
                }
                case "Refuse" -> out.write(head(403, 0));
                default -> {
                    out.write(head(status, bytes.length));
                    out.write(bytes);
                }
            }
            out.flush();
        } catch (IOException | InterruptedException e) {
            // The client has gone: so does its answer.
        }
    }

    private static byte[] head(int status, int length) {
        return ("HTTP/1.1 " + status + " Manner\r\nContent-Type: application/json\r\nContent-Length: " + length
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String line(Socket client) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = client.getInputStream().read();
                next != '\n' && next != -1;
                next = client.getInputStream().read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static String manner() throws IOException {
        return Files.exists(MANNER) ? Files.readString(MANNER).strip() : "Serve";
    }

    private String report() throws IOException {
        String report = with(
                with(
                        with(
                                Files.readString(Path.of("/impostor/report.json")),
                                "podUid",
                                manner().equals("OtherPod")
                                        ? "00000000-0000-0000-0000-000000000000"
                                        : System.getenv("POD_UID")),
                        "startedAt",
                        started.toString()),
                "observedAt",
                Instant.now().toString());
        return manner().equals("Load") ? loading(report) : report;
    }

    /** A load of a minute, the last of a report's parts: each time a little further, at a rate that wanders. */
    private String loading(String report) {
        double seconds = (System.currentTimeMillis() - started.toEpochMilli()) / 1000.0;
        double rate = 1e10 * (1 + 0.05 * Math.sin(seconds));
        long done = (long) (seconds * rate);
        String load = String.format(
                Locale.ROOT,
                "{\"source\":\"pvc://models/slow\",\"bytesTotal\":600000000000,\"bytesDone\":%d,"
                        + "\"seconds\":%f,\"bytesPerSecond\":%f,\"remainingSeconds\":%f}",
                done,
                seconds,
                rate,
                (600e9 - done) / rate);
        String before = report.substring(0, report.lastIndexOf("\"load\""));
        return with(before, "phase", "Loading") + "\"load\":" + load + "}";
    }

    private static String with(String json, String field, String value) {
        return json.replaceFirst("\"" + field + "\"\\s*:\\s*\"[^\"]*\"", "\"" + field + "\":\"" + value + "\"");
    }
}
