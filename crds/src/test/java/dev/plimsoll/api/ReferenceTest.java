package dev.plimsoll.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** {@code docs/reference.md} has every field of the CRD and every rule, in the CRD's own words. */
class ReferenceTest {
    private static final Path COMMITTED = Path.of("../docs/reference.md");
    private static final String HEAD = """
            # ModelDeployment, field by field
            Generated from the CRD (`mvn -pl crds test -Dplimsoll.update=true`), as `kubectl explain mdep.spec` says it. What a change of each
            field does to pods: [rollouts.md](rollouts.md). What reasons mean: [troubleshooting.md](troubleshooting.md).
            """;

    @Test
    void everyFieldIsInTheReference() throws IOException {
        JsonNode version =
                new YAMLMapper().readTree(CrdYaml.generate()).at("/spec/versions/0/schema/openAPIV3Schema/properties");
        String generated = HEAD + section("spec", version.get("spec")) + section("status", version.get("status"));
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(COMMITTED, generated);
        }
        assertThat(COMMITTED)
                .as("%s differs from the records: run with -Dplimsoll.update=true", COMMITTED.normalize())
                .exists()
                .content()
                .isEqualTo(generated);
        assertThat(generated.lines().filter(line -> line.startsWith("| `")))
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(line).as("a field says what it is").doesNotEndWith("|  |"));
    }

    private static String section(String name, JsonNode schema) {
        StringBuilder text = new StringBuilder("\n## " + name + "\n"
                + schema.path("description").asText() + "\n\n" + "| Field | Type | Default | |\n|---|---|---|---|\n");
        List<String> rules = new ArrayList<>();
        fields(name, schema, text, rules);
        if (!rules.isEmpty()) {
            text.append("\nWhat is refused, and what to do about it:\n\n");
            rules.forEach(rule -> text.append("- ").append(rule).append('\n'));
        }
        return text.toString();
    }

    private static void fields(String path, JsonNode schema, StringBuilder text, List<String> rules) {
        schema.path("x-kubernetes-validations")
                .forEach(rule ->
                        rules.add("`" + path + "`: " + rule.path("message").asText()));
        schema.path("properties").properties().forEach(field -> {
            JsonNode of = field.getValue();
            String name = path + "." + field.getKey() + (of.has("items") ? "[]" : "");
            text.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            name,
                            type(of),
                            of.path("default").isValueNode()
                                    ? "`" + of.get("default").asText() + "`"
                                    : "",
                            of.path("description").asText().replace("|", "\\|")));
            fields(name, of.has("items") ? of.get("items") : of, text, rules);
        });
    }

    private static String type(JsonNode of) {
        JsonNode one = of.has("items") ? of.get("items") : of;
        if (one.path("x-kubernetes-int-or-string").asBoolean()) {
            return "quantity or number";
        }
        if (one.has("enum")) {
            StringJoiner words = new StringJoiner(", ");
            one.get("enum").forEach(word -> words.add("`" + word.asText() + "`"));
            return words.toString();
        }
        String name = one.has("additionalProperties") ? "map" : one.path("type").asText();
        String range = one.has("minimum") && one.has("maximum")
                ? ", " + one.get("minimum").asText() + " to "
                        + one.get("maximum").asText()
                : "";
        return name + range;
    }
}
