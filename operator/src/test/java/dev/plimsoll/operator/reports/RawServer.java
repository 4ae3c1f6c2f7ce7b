package dev.plimsoll.operator.reports;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A pod's management port that answers with the bytes, and in the way, that a test says. */
final class RawServer implements AutoCloseable {
    private final ServerSocket socket;
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private volatile Behaviour behaviour;

    /** What happens on a connection once a request has been read. */
    interface Behaviour {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    RawServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            while (true) {
                String line = lines.readLine();
                if (line == null) {
                    hungUp.countDown();
                    return;
                }
                if (line.isEmpty()) {
                    break;
                }
            }
            asked.incrementAndGet();
            behaviour.answer(connection.getOutputStream());
            connection.getOutputStream().flush();
            connection.shutdownOutput();
            lines.readLine();
            hungUp.countDown();
        } catch (IOException e) {
            hungUp.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void does(Behaviour now) {
        behaviour = now;
    }

    int port() {
        return socket.getLocalPort();
    }

    int timesAsked() {
        return asked.get();
    }

    CountDownLatch hungUp() {
        return hungUp;
    }

    static Behaviour says(String status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return out -> {
            write(out, "HTTP/1.1 " + status + "\r\nContent-Length: " + bytes.length + "\r\n\r\n");
            out.write(bytes);
        };
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
