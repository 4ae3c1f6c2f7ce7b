package dev.plimsoll.server.tokenization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.server.templates.RenderLimits;
import dev.plimsoll.server.templates.Template;
import dev.plimsoll.server.templates.TemplateException;
import dev.plimsoll.server.templates.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Templates of published models, rendered by transformers and by us. They are other people's, so they are read where they
 * lie beside the checkout; where they do not, the templates of this project stand for them.
 */
class PublishedTemplatesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER = Path.of(System.getProperty("plimsoll.chats", "../../shared/goldens/chat"));
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 26, 12, 0);
    private static final double LEAST = 0.995;

    private record Difference(String name, String wanted, String got) {}

    @Test
    void chatsAreWhatTransformersMakesOfThem() throws IOException {
        if (!present()) {
            return;
        }
        JsonNode shared = JSON.readTree(FOLDER.resolve("templates.json").toFile());
        Map<String, ChatTemplate> templates = new HashMap<>();
        List<Difference> plain = new ArrayList<>();
        List<Difference> other = new ArrayList<>();
        int renders = 0;
        long begun = System.nanoTime();
        try (BufferedReader lines = Files.newBufferedReader(FOLDER.resolve("cases.jsonl"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode expected = JSON.readTree(line);
                JsonNode input =
                        shared.path("inputs").path(expected.path("input").textValue());
                String name = expected.path("template").textValue();
                ChatTemplate template = templates.computeIfAbsent(
                        name,
                        absent -> template(shared.path("templates").path(name).textValue(), input));
                String got = render(template, input);
                String wanted = wanted(expected);
                renders++;
                if (!got.equals(wanted)) {
                    String title = name + " " + expected.path("case").textValue();
                    boolean isPlain = expected.path("case").textValue().startsWith("p_");
                    (isPlain ? plain : other).add(new Difference(title, wanted, got));
                }
            }
        }
        System.out.printf(
                "published chat templates: %d of %d renders as transformers makes them, %d templates, %d ms%n",
                renders - plain.size() - other.size(),
                renders,
                templates.size(),
                (System.nanoTime() - begun) / 1_000_000);
        plain.forEach(PublishedTemplatesTest::print);
        other.forEach(PublishedTemplatesTest::print);
        assertThat(renders).isGreaterThan(8000);
        assertThat(plain).isEmpty();
        assertThat(other.size()).isLessThanOrEqualTo((int) (renders * (1 - LEAST)));
    }

    @Test
    void snippetsAreWhatJinjaMakesOfThem() throws IOException {
        if (!present()) {
            return;
        }
        JsonNode shared = JSON.readTree(FOLDER.resolve("snippets.json").toFile());
        JsonNode environment = shared.path("environment");
        Map<String, Value> variables = new HashMap<>();
        map(environment.path("vars")).forEach((name, value) -> variables.put(name, Value.of(value)));
        variables.put("messages", Value.of(JSON.convertValue(environment.path("messages"), List.class)));
        List<Difference> differences = new ArrayList<>();
        for (JsonNode snippet : shared.path("snippets")) {
            String got;
            try {
                got = Template.compile(snippet.path("template").textValue())
                        .render(variables, RenderLimits.DEFAULT, () -> NOW);
            } catch (TemplateException e) {
                got = "refused";
            }
            if (!got.equals(wanted(snippet))) {
                differences.add(new Difference(snippet.path("id").textValue(), wanted(snippet), got));
            }
        }
        int all = shared.path("snippets").size();
        System.out.printf("snippets: %d of %d as Jinja2 makes them%n", all - differences.size(), all);
        differences.forEach(PublishedTemplatesTest::print);
        assertThat(all).isGreaterThan(270);
        assertThat(differences.size()).isLessThanOrEqualTo((int) Math.ceil(all * (1 - LEAST)));
    }

    private static boolean present() {
        boolean present = Files.isDirectory(FOLDER);
        if (!present) {
            System.out.println("no published chat templates in "
                    + FOLDER.toAbsolutePath().normalize() + ": the templates of this project alone are tested");
        }
        return present;
    }

    private static ChatTemplate template(String source, JsonNode input) {
        Map<String, String> tokens = JSON.convertValue(input.path("tokens"), new TypeReference<>() {});
        return ChatTemplate.of(source, tokens, () -> NOW);
    }

    private static String render(ChatTemplate template, JsonNode input) {
        Map<String, Object> variables = map(input.path("vars"));
        boolean prompt = Boolean.TRUE.equals(variables.remove("add_generation_prompt"));
        try {
            return template.render(new ChatInput(
                    Objects.requireNonNull(list(input.path("messages"))),
                    list(input.path("vars").path("tools")),
                    list(input.path("vars").path("documents")),
                    variables,
                    prompt,
                    false));
        } catch (TemplateException e) {
            return "refused";
        }
    }

    private static String wanted(JsonNode expected) {
        return expected.has("text") ? expected.path("text").textValue() : "refused";
    }

    private static Map<String, Object> map(JsonNode node) {
        return JSON.convertValue(node, new TypeReference<>() {});
    }

    private static @Nullable List<Map<String, Object>> list(JsonNode node) {
        return node.isMissingNode() ? null : JSON.convertValue(node, new TypeReference<>() {});
    }

    private static void print(Difference difference) {
        int at = 0;
        String wanted = difference.wanted();
        String got = difference.got();
        while (at < Math.min(wanted.length(), got.length()) && wanted.charAt(at) == got.charAt(at)) {
            at++;
        }
        int begin = Math.max(0, at - 40);
        System.out.printf(
                "  %s at %d%n    wanted %s%n    got    %s%n",
                difference.name(), at, part(wanted, begin), part(got, begin));
    }

    private static String part(String text, int begin) {
        return text.substring(Math.min(begin, text.length()), Math.min(text.length(), begin + 120))
                .replace("\n", "\\n");
    }
}
