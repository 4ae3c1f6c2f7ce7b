package dev.plimsoll.operator.reconciler;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.NodeList;

/** The operator as its image runs it: the same application, the same JVM settings, a process of its own. */
final class OperatorProcess implements AutoCloseable {
    private static final Path APPLICATION =
            Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final int port;
    final Path log;
    final String identity;

    OperatorProcess(ApiServer server, String identity, Map<String, String> settings) throws Exception {
        this.identity = identity;
        port = freePort();
        log = Files.createDirectories(Path.of("target/operator-logs")).resolve(identity + ".log");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(jvmSettings());
        command.addAll(List.of("-jar", APPLICATION.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("KUBECONFIG", server.operatorKubeconfig().toString());
        builder.environment().put("HOSTNAME", identity);
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
        builder.environment().putAll(settings);
        process = builder.start();
    }

    /** Those of the image, without the program and its jar. */
    private static List<String> jvmSettings() throws Exception {
        NodeList arguments = (NodeList) XPathFactory.newInstance()
                .newXPath()
                .evaluate(
                        "//entrypoint/arg[starts-with(text(), '-X')]",
                        DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(Path.of("pom.xml").toFile()),
                        XPathConstants.NODESET);
        List<String> settings = new ArrayList<>();
        for (int i = 0; i < arguments.getLength(); i++) {
            settings.add(arguments.item(i).getTextContent());
        }
        return settings;
    }

    OperatorProcess started() {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("the operator ended: see " + log);
                    }
                    return status("/q/health/ready") == 200;
                });
        return this;
    }

    long pid() {
        return process.pid();
    }

    int status(String path) {
        return ask(path, HttpResponse.BodyHandlers.discarding(), HttpResponse::statusCode, 0);
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    String get(String path) {
        return ask(path, HttpResponse.BodyHandlers.ofString(), HttpResponse::body, "");
    }

    private <B, T> T ask(
            String path,
            HttpResponse.BodyHandler<B> handler,
            java.util.function.Function<HttpResponse<B>, T> result,
            T unreachable) {
        try {
            return result.apply(HTTP.send(
                    HttpRequest.newBuilder(address(path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    handler));
        } catch (IOException e) {
            return unreachable;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unreachable;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As a node that goes away, or the kernel, ends it. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The exit code, once it ends by itself. */
    int ends() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the operator goes on: see " + log);
        }
        return process.exitValue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        isToldToEnd();
    }

    /** As a kubelet tells it, which waits for it. */
    void isToldToEnd() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
