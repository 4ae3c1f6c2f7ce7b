package dev.plimsoll.server.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A template for each feature, against what Jinja2 makes of it (e2e/templates/goldens.py); and its bounds. */
class TemplateTest {
    private static final Path FOLDER = Path.of("src/test/resources/templates");
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 26, 0, 0);

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jinja"))
                    .map(name -> name.substring(0, name.length() - ".jinja".length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFeatureIsWhatJinjaMakesOfIt(String name) throws IOException {
        Path given = FOLDER.resolve(name + ".json");
        JsonNode input =
                new ObjectMapper().readTree((Files.exists(given) ? given : FOLDER.resolve("default.json")).toFile());
        Map<String, Value> variables = new HashMap<>();
        variables.put("messages", value(input.path("messages")));
        input.path("variables").properties().forEach(entry -> variables.put(entry.getKey(), value(entry.getValue())));
        String expected = Files.readString(FOLDER.resolve(name + ".txt"));
        String source = Files.readString(FOLDER.resolve(name + ".jinja"));
        if (!expected.startsWith("refused: ")) {
            assertThat(render(source, variables)).isEqualTo(expected);
        } else if (expected.equals("refused: ")) {
            assertThatThrownBy(() -> render(source, variables)).isInstanceOf(TemplateException.class);
        } else {
            assertThatThrownBy(() -> render(source, variables))
                    .isInstanceOf(TemplateRefusal.class)
                    .hasMessage(expected.substring("refused: ".length()));
        }
    }

    private static Value value(JsonNode node) {
        return Value.of(new ObjectMapper().convertValue(node, Object.class));
    }

    private static String render(String source, Map<String, Value> variables) {
        return Template.compile(source).render(variables, RenderLimits.DEFAULT, () -> NOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
                "{% set ns = namespace(t='x') %}{% for a in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for a in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[]) %}{% for a in range(999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace() %}{% set ns.n = ns %}{{ ns }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{{ 'x' * 1000000000 }}",
                "{{ 'x'.center(1000000000) }}",
                "{{ '%1000000000d' % 1 }}",
                "{{ '{:1000000000}'.format(1) }}",
                "{{ 'a'.replace('', 'x' * 1000000) * 1000 }}",
                "{{ 9 ** (9 ** 9) }}",
                "{{ 10 ** 100000000 }}",
                "{{ [0] * 1000000000 }}",
                "{{ 1.5|round(100000000) }}",
                "{{ mapping|tojson(indent=1000000000) }}",
                "{{ 'a\\nb'|indent(1000000000) }}",
                "{{ range(99999)|map('string')|batch(2, 0)|list|string * 99999 }}",
                "{{ lipsum(1000000000) }}",
            })
    void whatWantsTooMuchIsEnded(String source) {
        assertThatThrownBy(() -> render(source, Map.of("mapping", Value.of(Map.of("a", 1)))))
                .isInstanceOf(TemplateLimitException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"((((", "[[[[", "{{{{", "not ", "-", "a if b else ", "a.b", "a|b", "a(", "x[y"})
    void whatNestsTooDeepIsNoTemplate(String part) {
        String deep = "{{ " + part.repeat(10_000) + " }}";
        assertThatThrownBy(() -> Template.compile(deep)).isInstanceOf(TemplateSyntaxException.class);
        String blocks = "{% if true %}".repeat(10_000);
        assertThatThrownBy(() -> Template.compile(blocks)).isInstanceOf(TemplateSyntaxException.class);
    }

    @Test
    void aSyntaxErrorTellsItsLine() {
        assertThatThrownBy(() -> Template.compile("a\nb\n{{ x y }}"))
                .isInstanceOfSatisfying(
                        TemplateSyntaxException.class, e -> assertThat(e.line()).isEqualTo(3))
                .hasMessageContaining("line 3");
    }
}
