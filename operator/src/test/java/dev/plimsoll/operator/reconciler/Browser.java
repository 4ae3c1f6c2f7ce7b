package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium before the page, as somebody with a screen, a keyboard or a phone sits before it. */
@SuppressWarnings("NullAway")
final class Browser implements AutoCloseable {
    private static final Path PICTURES = Path.of("../docs/page");
    private static final int LARGEST_PICTURE = 150_000;
    private static final double PICTURE_SCALE = 0.75;
    private static final String AXE = axe();

    private final ChromeDriver driver;

    Browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Objects.requireNonNull(System.getenv("PLIMSOLL_BROWSER"), "e2e/page sets PLIMSOLL_BROWSER"));
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=en-US");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(new java.io.File(System.getenv("PLIMSOLL_BROWSER_DRIVER")))
                        .usingAnyFreePort()
                        .build(),
                options);
    }

    void open(URI address) {
        driver.get(address.toString());
    }

    /** What there is of a selector, once there is something. */
    WebElement find(String selector) {
        soon(() -> assertThat(driver.findElements(By.cssSelector(selector)))
                .as(selector)
                .isNotEmpty());
        return driver.findElement(By.cssSelector(selector));
    }

    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    /** Soon it says so. */
    void says(String selector, String... words) {
        soon(() -> assertThat(String.valueOf(script(
                        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent).join('\\n')",
                        selector)))
                .as(selector)
                .contains(words));
    }

    static void soon(org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    Object script(String text, Object... arguments) {
        return driver.executeScript(text, arguments);
    }

    /** To whatever has the focus. */
    void types(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    void tab() {
        types(Keys.TAB);
    }

    String focused() {
        return String.valueOf(script("return document.activeElement.id || document.activeElement.className"));
    }

    void size(int width, int height, boolean phone) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
    }

    void media(String scheme, String motion) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", scheme),
                                Map.of("name", "prefers-reduced-motion", "value", motion))));
    }

    /** Nothing hangs out to the right. */
    void fits() {
        assertThat((Boolean) script("return document.scrollingElement.scrollWidth <= innerWidth"))
                .isTrue();
    }

    /** axe-core finds nothing to say against it, and the browser's console has no error. */
    void isAccessible() {
        script(AXE);
        assertThat(driver.executeAsyncScript("""
                        const told = arguments[0];
                        axe.run().then(
                          result => told(result.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' '))),
                          error => told(['axe-core failed: ' + error]))
                        """)).isEqualTo(List.of());
    }

    private static String axe() {
        try (InputStream file = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue())
                .map(entry -> entry.getMessage())
                .toList();
    }

    /** For the documents: what is seen now. */
    void picture(String name) throws IOException {
        Map<?, ?> seen = (Map<?, ?>) script("return {x: scrollX, y: scrollY, width: innerWidth, height: innerHeight}");
        Map<String, Object> clip = new java.util.HashMap<>();
        seen.forEach((key, value) -> clip.put(String.valueOf(key), value));
        clip.put("scale", PICTURE_SCALE);
        byte[] png = Base64.getDecoder().decode((String)
                driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png", "clip", clip))
                        .get("data"));
        assertThat(png.length).as(name).isBetween(5_000, LARGEST_PICTURE);
        Files.write(Files.createDirectories(Path.of("target/page")).resolve(name), png);
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.write(Files.createDirectories(PICTURES).resolve(name), png);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
