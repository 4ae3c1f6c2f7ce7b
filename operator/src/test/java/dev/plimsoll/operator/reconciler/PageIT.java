package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.operator.Permissions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who sees which deployments on the page, by a real API server's word: two namespaces, and people of each kind. */
@SuppressWarnings("NullAway")
class PageIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String MANY = "/page/api/deployments";
    private static final String SECRET = "a-secret-of-the-proxy";

    @TempDir
    static Path folder;

    private static PageStage stage;

    @BeforeAll
    static void start() throws Exception {
        Path secrets = Files.writeString(folder.resolve("secrets"), "one-of-before\n" + SECRET + "\n");
        stage = new PageStage(Map.of("PLIMSOLL_PAGE_PROXY_SECRET_FILE", secrets.toString()));
        stage.namespace("models");
        stage.namespace("search");
        stage.fleet();
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    private static HttpResponse<String> ask(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(stage.operator.address(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> by(String token, String path) throws Exception {
        return ask(path, "Authorization", "Bearer " + token);
    }

    private static List<String> names(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode cards = new ObjectMapper().readTree(answer.body()).path("cards");
        return StreamSupport.stream(cards.spliterator(), false)
                .map(card -> card.path("namespace").asText() + "/"
                        + card.path("name").asText())
                .toList();
    }

    private static void soon(org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(assertion);
    }

    @Test
    void whoeverIsNobodyIsToldHowToComeIn() throws Exception {
        HttpResponse<String> nobody = ask(MANY);
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(nobody.body()).contains("kubectl create token");
        assertThat(nobody.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(by("made-up", MANY).statusCode()).isEqualTo(401);
        assertThat(ask(MANY, "Authorization", "Basic YTpi").statusCode()).isEqualTo(401);
        assertThat(ask(MANY, "X-Forwarded-User", "alice", "X-Plimsoll-Proxy-Secret", "guessed")
                        .statusCode())
                .isEqualTo(401);
        assertThat(ask(MANY, "X-Forwarded-User", "alice").statusCode()).isEqualTo(401);
    }

    @Test
    void oneSeesWhatOneMayList() throws Exception {
        String token = stage.token("search", "searcher");
        assertThat(names(by(token, MANY))).isEmpty();
        HasMetadata binding = stage.mayView("search", "ServiceAccount", "searcher");
        soon(() -> assertThat(names(by(token, MANY))).containsExactly("search/translator"));
        assertThat(by(token, MANY + "/search/translator").body()).contains("OverBudget", "\"peak\"");
        HttpResponse<String> hidden = by(token, MANY + "/models/qwen-3b");
        HttpResponse<String> missing = by(token, MANY + "/models/none");
        assertThat(hidden.statusCode()).isEqualTo(404);
        assertThat(hidden.body()).isEqualTo(missing.body());
        assertThat(names(by(token, MANY + "?namespace=models"))).isEmpty();
        stage.server.admin.resource(binding).delete();
        soon(() -> assertThat(names(by(token, MANY))).isEmpty());
    }

    @Test
    void whoeverMayListEverythingSeesAll() throws Exception {
        String token = stage.token("search", "overseer");
        stage.mayViewEverything("search", "overseer");
        soon(() -> assertThat(names(by(token, MANY)))
                .containsExactly(
                        "models/coder", "models/llama-8b", "models/phi-mini", "models/qwen-3b", "search/translator"));
        assertThat(names(by(token, MANY + "?namespace=search"))).containsExactly("search/translator");
        HttpResponse<String> first = by(token, MANY);
        HttpResponse<String> again = ask(
                MANY,
                "Authorization",
                "Bearer " + token,
                "If-None-Match",
                first.headers().firstValue("ETag").orElseThrow());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void aProxyThatProvesItselfSpeaksForPeopleAndNotForKubernetes() throws Exception {
        stage.mayView("search", "Group", "searchers");
        soon(() -> assertThat(names(proxied("X-Forwarded-User", "alice", "X-Forwarded-Groups", "staff, searchers")))
                .containsExactly("search/translator"));
        assertThat(names(proxied("X-Forwarded-User", "bob", "X-Forwarded-Groups", "staff")))
                .isEmpty();
        assertThat(names(proxied("X-Forwarded-User", "bob", "X-Forwarded-Groups", "system:masters")))
                .isEmpty();
        assertThat(proxied("X-Forwarded-User", "system:admin").statusCode()).isEqualTo(401);
        assertThat(proxied("X-Forwarded-User", "alice", "X-Forwarded-User", "bob")
                        .statusCode())
                .isEqualTo(401);
        assertThat(proxied("X-Other", "alice").statusCode()).isEqualTo(401);
    }

    private static HttpResponse<String> proxied(String... headers) throws Exception {
        return ask(
                MANY,
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("X-Plimsoll-Proxy-Secret", SECRET),
                                java.util.Arrays.stream(headers))
                        .toArray(String[]::new));
    }

    @Test
    void browsersAreToldToRunAndFetchNothingElse() throws Exception {
        for (String path : List.of("/page/", "/page/main.js", "/page/page.css", MANY)) {
            HttpResponse<String> answer = ask(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .as(path)
                    .hasValueSatisfying(policy -> assertThat(policy)
                            .contains("default-src 'none'", "frame-ancestors 'none'")
                            .doesNotContain("unsafe"));
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
        assertThat(ask(MANY).headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(ask("/page/../application.properties").statusCode()).isEqualTo(404);
        assertThat(ask("/page/troubleshooting.md").statusCode()).isEqualTo(404);
        assertThat(HTTP.send(
                                HttpRequest.newBuilder(stage.operator.address(MANY))
                                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isIn(404, 405);
    }

    @Test
    void whereNoOperatorWorksItSaysSo() throws Exception {
        String token = stage.token("search", "doubter");
        assertThat(by(token, MANY).body()).doesNotContain("asOf");
        stage.worksElsewhere(1);
        soon(() -> assertThat(by(token, MANY).body()).contains("\"asOf\""));
        stage.worksElsewhere(7200);
        soon(() -> assertThat(by(token, MANY).body()).doesNotContain("asOf"));
    }

    /** The component's role is what is used; without it nobody is let in, and it says why. */
    @Test
    void theRightsOfTheComponentAreUsedAndNeeded() throws Exception {
        String token = stage.token("models", "asker");
        assertThat(by(token, MANY).statusCode()).isEqualTo(200);
        Set<String> used = stage.server.audit.requests().stream()
                .map(request -> request.verb() + " " + request.resource())
                .filter(right -> right.contains("reviews") && !right.contains("selfsubject"))
                .collect(Collectors.toSet());
        assertThat(used).isEqualTo(AuditLog.rights(Permissions.page().getRules()));
        var binding = stage.server.admin.rbac().clusterRoleBindings().withName(PageStage.BINDING);
        var standing = binding.get();
        binding.delete();
        try {
            soon(() -> {
                HttpResponse<String> answer = by(token, MANY);
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("page.enabled");
            });
        } finally {
            standing.getMetadata().setResourceVersion(null);
            standing.getMetadata().setUid(null);
            stage.server.admin.resource(standing).create();
        }
        soon(() -> assertThat(by(token, MANY).statusCode()).isEqualTo(200));
    }

    @Test
    void withoutTheSettingThereIsNoPage() throws Exception {
        try (OperatorProcess without = new OperatorProcess(
                        stage.server, "operator-without-page", Map.of("PLIMSOLL_LEASE_DURATION", "PT2H"))
                .started()) {
            assertThat(without.status("/page/")).isEqualTo(404);
            assertThat(without.status(MANY)).isEqualTo(404);
        }
    }
}
