package dev.plimsoll.server.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Templates made of the pieces of others, and torn: each renders or is refused with words of its own; nothing else happens. */
class TemplateFuzzTest {
    private static final int RUNS = Integer.getInteger("plimsoll.fuzz.runs", 4000);
    private static final Path FOLDER = Path.of("src/test/resources/templates");
    private static final Pattern PIECE = Pattern.compile("\\{[%{#]-?|-?[%}#]}|\\w+|\\s+|'[^']*'|.", Pattern.DOTALL);
    private static final RenderLimits LIMITS =
            new RenderLimits(Duration.ofMinutes(1), 200_000, 1 << 16, 1 << 20, 100_000);
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 27, 0, 0);

    @Test
    void tornTemplates() throws IOException {
        List<List<String>> seeds = seeds();
        Map<String, Value> variables = variables();
        int rendered = 0;
        int refused = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            String source = mutated(new SplittableRandom(seed), seeds);
            try {
                assertThat(Template.compile(source).render(variables, LIMITS, () -> NOW))
                        .isNotNull();
                rendered++;
            } catch (TemplateException e) {
                assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + " gives no typed error: " + source, e);
            }
        }
        System.out.println("torn templates: " + rendered + " rendered, " + refused + " refused");
        assertThat(rendered).isGreaterThan(RUNS / 50);
        assertThat(refused).isGreaterThan(RUNS / 50);
    }

    private static List<List<String>> seeds() throws IOException {
        List<List<String>> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".jinja"))
                    .sorted()
                    .toList()) {
                List<String> pieces = new ArrayList<>();
                Matcher found = PIECE.matcher(Files.readString(file));
                while (found.find()) {
                    pieces.add(found.group());
                }
                seeds.add(pieces);
            }
        }
        return seeds;
    }

    private static Map<String, Value> variables() throws IOException {
        JsonNode input =
                new ObjectMapper().readTree(FOLDER.resolve("default.json").toFile());
        Map<String, Value> variables = new HashMap<>();
        variables.put("messages", value(input.path("messages")));
        input.path("variables").properties().forEach(entry -> variables.put(entry.getKey(), value(entry.getValue())));
        return variables;
    }

    private static Value value(JsonNode node) {
        return Value.of(new ObjectMapper().convertValue(node, Object.class));
    }

    private static String mutated(SplittableRandom random, List<List<String>> seeds) {
        List<String> pieces = new ArrayList<>(seeds.get(random.nextInt(seeds.size())));
        for (int change = random.nextInt(1, 5); change > 0 && !pieces.isEmpty(); change--) {
            int at = random.nextInt(pieces.size());
            List<String> other = seeds.get(random.nextInt(seeds.size()));
            int from = other.isEmpty() ? 0 : random.nextInt(other.size());
            List<String> some = other.subList(from, Math.min(other.size(), from + random.nextInt(1, 30)));
            switch (random.nextInt(6)) {
                case 0 -> pieces.remove(at);
                case 1 -> pieces.set(at, some.isEmpty() ? "" : some.getFirst());
                case 2 -> pieces.addAll(at, some);
                case 3 -> pieces.add(at, pieces.get(random.nextInt(pieces.size())));
                case 4 -> pieces.subList(at, Math.min(pieces.size(), at + 5)).clear();
                default ->
                    pieces.set(
                            at,
                            List.of("0", "-1", "1e999", "\ud83d", "[]", "{}", "''")
                                    .get(random.nextInt(7)));
            }
        }
        return String.join("", pieces);
    }
}
