package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/**
 * The page in a real browser, before a real operator and a real API server: one visit, step by step. {@code e2e/page}
 * runs it; {@code -Dplimsoll.update=true} rewrites the pictures of docs/page.md.
 */
@SuppressWarnings("NullAway")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageInBrowser {
    private static final String HOSTILE =
            "<img src=x onerror=\\\"document.title='taken'\\\"><script>document.title='taken'</script>";

    private static PageStage stage;
    private static Browser browser;
    private static String viewer;

    @BeforeAll
    static void start() throws Exception {
        stage = new PageStage(Map.of());
        stage.namespace("models");
        stage.namespace("search");
        stage.namespace("empty");
        viewer = stage.token("models", "onlooker");
        stage.mayViewEverything("models", "onlooker");
        browser = new Browser();
        browser.size(1280, 900, false);
    }

    @AfterAll
    static void stop() {
        browser.close();
        stage.close();
    }

    private static void visit(String path) {
        browser.open(URI.create("about:blank"));
        browser.open(stage.operator.address("/page/" + path));
    }

    private static void give(String token) {
        browser.find("#token").sendKeys(token, Keys.ENTER);
    }

    @Test
    @Order(1)
    void nobodyIsToldHowToComeInAndComesInByKeyboard() throws Exception {
        visit("");
        browser.says("h1", "Who are you?");
        browser.says("pre", "kubectl create token");
        browser.isAccessible();
        Browser.soon(() -> assertThat(browser.focused()).isEqualTo("token"));
        browser.types("made-up", Keys.ENTER);
        browser.says(".error", "does not know this token");
        browser.isAccessible();
        browser.types(stage.token("empty", "nobody"), Keys.ENTER);
        browser.says("#main", "Nothing that you may see", "kubectl auth can-i");
        browser.says("#visitor", "system:serviceaccount:empty:nobody");
        browser.isAccessible();
        browser.find("#leave").click();
        give(viewer);
        browser.says("#main", "No ModelDeployment yet");
    }

    @Test
    @Order(2)
    void whatComesIsSeenWithoutAsking() throws Exception {
        stage.fleet();
        browser.says("#count", "5 deployments, 3 not ready");
        browser.says(".card", "qwen-3b", "1.42Gi over the load line", "35 % loaded");
        assertThat(browser.count("li.card svg.ship")).isEqualTo(5);
        assertThat(browser.count(".Over .plimsoll")).isEqualTo(2);
        browser.isAccessible();
        browser.picture("fleet-light.png");
        browser.media("dark", "reduce");
        browser.isAccessible();
        browser.picture("fleet-dark.png");
        assertThat(browser.script("return getComputedStyle(document.querySelector('.sea')).transitionDuration"))
                .isEqualTo("0s");
        browser.media("light", "no-preference");
    }

    @Test
    @Order(3)
    void aKeyboardReachesEverything() {
        visit("");
        browser.says("#count", "5 deployments");
        browser.tab();
        assertThat(browser.focused()).isEqualTo("skip");
        browser.types(Keys.ENTER);
        assertThat(browser.focused()).isEqualTo("main");
        browser.tab();
        assertThat(browser.focused()).isEqualTo("search");
        browser.types("qwen");
        browser.says("#count", "1 of 5 deployments");
        browser.tab();
        assertThat(browser.focused()).isEqualTo("to-models/qwen-3b");
        browser.types(Keys.ENTER);
        browser.says("h1", "qwen-3b");
        Browser.soon(() -> assertThat(browser.focused()).isEqualTo("title"));
    }

    @Test
    @Order(4)
    void oneDeploymentIsToldInWordsAndDrawn() throws Exception {
        browser.says(
                "section.hull",
                "6.81Gi measured, 6.74Gi planned (+1.0%), budget 8Gi: 1.19Gi below the load line",
                "unaccounted",
                "NVIDIA H100 80GB HBM3");
        browser.says(".places", "0–35", "model.layers.0-35");
        assertThat(browser.count(".strip .cell")).isEqualTo(36);
        browser.isAccessible();
        browser.picture("deployment-light.png");
        browser.media("dark", "no-preference");
        browser.isAccessible();
        browser.media("light", "no-preference");
        visit("#/models/phi-mini");
        browser.says(".fixes", "memory.gpu 7.5Gi", "placement.policy Auto");
        browser.says(".help", "make the KV cache smaller", "plimsoll plan -f FILE");
        browser.isAccessible();
        browser.picture("refusal-light.png");
        visit("#/models/none");
        browser.says("#main", "no ModelDeployment of that name that you may see");
        browser.isAccessible();
    }

    @Test
    @Order(5)
    void aPhoneShowsAllOfIt() throws Exception {
        browser.size(390, 844, true);
        for (String path : new String[] {"#/models/llama-8b", "#/models/phi-mini", "#/"}) {
            visit(path);
            browser.find(".ship");
            browser.fits();
            browser.isAccessible();
        }
        browser.picture("phone-fleet.png");
        visit("#/models/llama-8b");
        browser.says("h1", "llama-8b");
        browser.script("document.querySelector('section.hull').scrollIntoView()");
        browser.picture("phone-deployment.png");
        browser.size(1280, 900, false);
    }

    @Test
    @Order(6)
    void aLoadIsFollowedAndItsEndIsSaidAloud() {
        visit("#/");
        browser.says("#count", "5 deployments");
        browser.script("document.getElementById('to-models/coder').focus()");
        ModelDeployment coder = stage.model("models", "coder");
        stage.status("models", "coder", json(coder).replace("\"percent\":35", "\"percent\":75"));
        Browser.soon(() -> assertThat(
                        browser.script(
                                "return document.getElementById('to-models/coder').closest('li').querySelector('progress').value"))
                .hasToString("75"));
        assertThat(browser.focused()).isEqualTo("to-models/coder");
        stage.status("models", "coder", json(stage.model("models", "qwen-3b")).replace("qwen-3b", "coder"));
        browser.says("#news", "coder: ready, AsSpecified");
        browser.says("#count", "5 deployments, 2 not ready");
        assertThat(browser.focused()).isEqualTo("to-models/coder");
        stage.server.admin.resource(stage.model("models", "coder")).delete();
        browser.says("#count", "4 deployments, 2 not ready");
    }

    private static String json(ModelDeployment model) {
        return io.fabric8.kubernetes.client.utils.Serialization.asJson(model.getStatus());
    }

    /** What a status says is text, whatever it says. */
    @Test
    @Order(7)
    void noStatusBecomesMarkup() {
        assertThat(browser.errors()).filteredOn(error -> !error.contains("40")).isEmpty();
        String status = json(stage.model("search", "translator"))
                .replaceAll(
                        "\"message\":\"[^\"]*\"",
                        java.util.regex.Matcher.quoteReplacement("\"message\":\"" + HOSTILE + "\""))
                .replace("node-7", HOSTILE);
        stage.status("search", "translator", status);
        browser.says(".message", "<img src=x onerror");
        visit("#/search/translator");
        browser.says("summary", "<script>document.title");
        assertThat(browser.count("main img, main script")).isZero();
        assertThat(String.valueOf(browser.script("return document.title"))).contains("translator");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    @Order(8)
    void twoHundredDeploymentsAreFoundBySearch() {
        ModelDeployment pattern = stage.model("models", "llama-8b");
        for (int i = 0; i < 196; i++) {
            pattern.setMetadata(new ObjectMetaBuilder()
                    .withNamespace("models")
                    .withName("model-%03d-has-a-name-that-is-as-long-as-one-may-be".formatted(i))
                    .build());
            stage.add(pattern);
        }
        visit("#/");
        browser.says("#count", "200 deployments, 2 not ready");
        assertThat(browser.count("li.card svg.ship")).isEqualTo(200);
        browser.fits();
        browser.find("#search").sendKeys("model-17");
        browser.says("#count", "10 of 200 deployments, 0 not ready");
        browser.isAccessible();
        browser.find("#search").sendKeys("x");
        browser.says("#count", "0 of 200 deployments");
        visit("?namespace=search#/");
        browser.says("#count", "1 deployment, 1 not ready");
        visit("?namespace=empty#/");
        browser.says("#main", "No ModelDeployment yet");
    }

    @Test
    @Order(9)
    void whatIsNotTrueAnyMoreIsMarkedAsSuch() throws Exception {
        visit("?namespace=models#/models/qwen-3b");
        browser.says("h1", "qwen-3b");
        assertThat(browser.find("#banner").isDisplayed()).isFalse();
        stage.worksElsewhere(1);
        browser.says("#banner", "No operator works: what is shown was true at");
        browser.isAccessible();
        stage.worksElsewhere(7200);
        Browser.soon(() -> assertThat(browser.find("#banner").isDisplayed()).isFalse());
        stage.operator.kill();
        browser.says("#banner", "The operator does not answer", "What is shown was so at");
        assertThat(browser.find("#banner").getDomAttribute("role")).isEqualTo("alert");
        assertThat(browser.find("h1").findElement(By.className("name")).getText())
                .isEqualTo("qwen-3b");
        browser.isAccessible();
    }
}
