package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of docs/from-transformers.md is true. */
class FromTransformersTest {
    private static final Path DOCUMENT = Path.of("../docs/from-transformers.md");
    private static final Path MODEL = Path.of("src/test/resources/checkpoints/llama-sharded");
    private static final Pattern ROW =
            Pattern.compile("\\| `(?<there>.*)` \\| `(?<write>.*)` \\| `/(?<path>.*)` is `(?<value>.*)` \\| .* \\|");
    private static final YAMLMapper YAML = new YAMLMapper();

    record Row(String there, String write, String path, String value) {
        @Override
        public String toString() {
            return there;
        }
    }

    static List<Row> rows() throws IOException {
        try (Stream<String> lines = Files.lines(DOCUMENT)) {
            List<Row> rows = lines.filter(line -> line.startsWith("| `"))
                    .map(FromTransformersTest::row)
                    .toList();
            assertThat(rows).hasSizeGreaterThan(10);
            return rows;
        }
    }

    private static Row row(String line) {
        Matcher matcher = ROW.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return new Row(matcher.group("there"), matcher.group("write"), matcher.group("path"), matcher.group("value"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isAsWritten(Row row, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("modeldeployment.yaml");
        Files.writeString(file, resource(row));
        Invocation plan = Invocation.of("plan", "-f", file, "--model", MODEL, "--output", "json");
        assertThat(plan.code()).as(plan.out() + plan.err()).isZero();
        JsonNode found = plan.json();
        for (String name : row.path().split("/", -1)) {
            found = found.isArray() ? found.path(Integer.parseInt(name)) : found.path(name);
        }
        assertThat(found.asText()).as(plan.out()).isEqualTo(row.value());
    }

    private static String resource(Row row) throws IOException {
        ObjectNode spec = (ObjectNode) YAML.readTree("""
                model: {uri: "pvc://models/tiny"}
                memory: {gpu: 803216Ki, host: 1Gi}
                serving: {maxSequences: 1, maxSequenceTokens: 64}
                gpu: {count: 2}
                """);
        JsonNode written = YAML.readTree("{" + row.write() + "}");
        written.properties().forEach(field -> {
            JsonNode given = spec.get(field.getKey());
            if (given instanceof ObjectNode object && field.getValue() instanceof ObjectNode more) {
                object.setAll(more);
            } else {
                spec.set(field.getKey(), field.getValue());
            }
        });
        if (written.at("/placement/policy").asText().equals("HostOnly")) {
            spec.remove("gpu");
            ((ObjectNode) spec.path("memory")).remove("gpu");
        }
        ObjectNode resource = YAML.createObjectNode();
        resource.put("apiVersion", "plimsoll.dev/v1alpha1").put("kind", "ModelDeployment");
        resource.putObject("metadata").put("name", "tiny");
        resource.set("spec", spec);
        return YAML.writeValueAsString(resource);
    }
}
