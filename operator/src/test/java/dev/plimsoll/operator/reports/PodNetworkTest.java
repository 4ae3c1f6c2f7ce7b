package dev.plimsoll.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.operator.replicas.ReportFailure;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a pod does on the wire, a question to it ends within its deadline and says how. */
@SuppressWarnings("NullAway")
class PodNetworkTest {
    private static final Duration DEADLINE = Duration.ofMillis(400);
    private final CountDownLatch testOver = new CountDownLatch(1);
    private RawServer server;
    private PodNetwork network;

    @AfterEach
    void close() throws IOException {
        testOver.countDown();
        network.close();
        server.close();
    }

    @Test
    void anAnswerIsHandedOn() throws Exception {
        assertThat(ask(RawServer.says("200 OK", "{}")))
                .isInstanceOfSatisfying(
                        Reply.Body.class, body -> assertThat(body.json()).isEqualTo("{}"));
    }

    @Test
    void oneThatHangsBeforeItsHeadersIsGivenUp() throws Exception {
        assertFails(out -> testOver.await(), ReportFailure.TIMED_OUT, "ApiServerProxy");
        testOver.countDown();
        assertThat(server.hungUp().await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneThatHangsInItsBodyIsGivenUpAndItsConnectionClosed() throws Exception {
        assertFails(this::hangInTheBody, ReportFailure.TIMED_OUT, "no complete answer in time");
        testOver.countDown();
        assertThat(server.hungUp().await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void hangInTheBody(OutputStream out) throws IOException, InterruptedException {
        RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"phase\"");
        testOver.await();
    }

    @Test
    void oneThatTricklesIsGivenUp() throws Exception {
        assertFails(
                out -> {
                    RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                    while (!testOver.await(20, TimeUnit.MILLISECONDS)) {
                        RawServer.write(out, " ");
                    }
                },
                ReportFailure.TIMED_OUT,
                "no complete answer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"404 Not Found", "500 Internal Server Error", "403 Forbidden"})
    void anotherStatusIsTold(String status) throws Exception {
        assertFails(RawServer.says(status, "{}"), ReportFailure.HTTP_STATUS, status.substring(0, 3));
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (RawServer elsewhere = new RawServer(RawServer.says("200 OK", "{}"))) {
            assertFails(
                    out -> RawServer.write(
                            out,
                            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + elsewhere.port()
                                    + "/\r\nContent-Length: 0\r\n\r\n"),
                    ReportFailure.HTTP_STATUS,
                    "302");
            assertThat(elsewhere.timesAsked()).isZero();
        }
    }

    @Test
    void anAnswerWithoutAnEndIsCutOff() throws Exception {
        assertFails(
                out -> {
                    RawServer.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    byte[] chunk = ("10000\r\n" + " ".repeat(65536) + "\r\n").getBytes(StandardCharsets.US_ASCII);
                    while (testOver.getCount() > 0) {
                        out.write(chunk);
                    }
                },
                ReportFailure.TOO_LARGE,
                "longer than 1048576 bytes");
        assertThat(server.hungUp().await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatIsNoHttpIsTold() throws Exception {
        assertFails(out -> RawServer.write(out, "SSH-2.0-OpenSSH_9.9\r\n\r\n"), ReportFailure.NOT_JSON, "HTTP");
    }

    @Test
    void aConnectionThatIsRefusedIsTold() throws Exception {
        server = new RawServer(out -> {});
        int port = server.port();
        server.close();
        network = new PodNetwork(DEADLINE, port);
        assertFailed(network.ask(POD).get(10, TimeUnit.SECONDS), ReportFailure.REFUSED, "PLIMSOLL_REPORTS_VIA");
    }

    @Test
    void oneThatHangsUpIsTold() throws Exception {
        assertFails(out -> {}, ReportFailure.REFUSED, "");
    }

    private static final PolledPod POD =
            new PolledPod(new ResourceID("m", "ns"), "ns", "m-1", "uid-1", "127.0.0.1", "", "");

    private Reply ask(RawServer.Behaviour behaviour) throws Exception {
        server = new RawServer(behaviour);
        network = new PodNetwork(DEADLINE, server.port());
        return network.ask(POD).get(10, TimeUnit.SECONDS);
    }

    private void assertFails(RawServer.Behaviour behaviour, ReportFailure.Cause cause, String words) throws Exception {
        assertFailed(ask(behaviour), cause, words);
    }

    private static void assertFailed(Reply reply, ReportFailure.Cause cause, String words) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Failed.class, failed -> {
            assertThat(failed.failure().cause()).as(failed.failure().message()).isEqualTo(cause);
            assertThat(failed.failure().message()).contains(words);
        });
    }
}
