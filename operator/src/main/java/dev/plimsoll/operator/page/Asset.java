package dev.plimsoll.operator.page;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A file of the page, as it lies in the operator's own jar. */
record Asset(String name, String type, Buffer content, String tag) {
    static final String INDEX = "index.html";
    private static final List<String> NAMES = List.of(
            INDEX,
            "page.css",
            "icon.svg",
            "main.js",
            "api.js",
            "dom.js",
            "door.js",
            "fleet.js",
            "sheet.js",
            "hull.js",
            "layers.js");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    static List<Asset> all() {
        return NAMES.stream().map(Asset::read).toList();
    }

    private static Asset read(String name) {
        Buffer content = Buffer.buffer(bytes(name));
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
        return new Asset(name, type, content, Tag.of(content));
    }

    static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String name) {
        try (InputStream file = Asset.class.getResourceAsStream("/page/" + name)) {
            if (file == null) {
                throw new IllegalStateException("the operator's jar lacks page/" + name);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
