package dev.plimsoll.server.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random schemas: each is refused with words of its own, or what is written by chance fits it. {@code -Dfuzz.schemas=N} says how many. */
class RandomSchemasTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Those that make a schema of any type one that is refused, or are passed over by every implementation. */
    private static final List<String> STRAYS =
            List.of("not", "uniqueItems", "multipleOf", "$ref", "type", "enum", "if");

    private final SplittableRandom random = new SplittableRandom(Long.getLong("fuzz.seed", 1));

    @Test
    void whatIsWrittenFits() throws Exception {
        Vocabulary vocabulary = Texts.vocabulary();
        int texts = 0;
        int refused = 0;
        long schemas = Long.getLong("fuzz.schemas", 400);
        for (long i = 0; i < schemas; i++) {
            Map<String, @Nullable Object> schema = schema(3);
            String json = JSON.writeValueAsString(schema);
            GrammarMatcher.Shared shared;
            try {
                shared = Texts.shared(JsonSchema.rule(Texts.schema(json)), vocabulary);
            } catch (GrammarException e) {
                assertThat(e.getMessage()).as(json).isNotBlank().hasSizeLessThan(1000);
                refused++;
                continue;
            }
            for (int j = 0; j < 5; j++) {
                String text = Texts.random(shared, vocabulary, random, random.nextInt(80), 1000);
                if (text != null) {
                    JsonSchemaTest.assertFits(json, text);
                    texts++;
                }
            }
        }
        assertThat(texts).isGreaterThan((int) schemas);
        assertThat(refused).isPositive();
    }

    private Map<String, @Nullable Object> schema(int depth) {
        Map<String, @Nullable Object> schema = new LinkedHashMap<>();
        switch (random.nextInt(depth > 0 ? 10 : 6)) {
            case 0 -> string(schema);
            case 1 -> number(schema, "integer");
            case 2 -> number(schema, "number");
            case 3 -> schema.put("type", random.nextBoolean() ? "boolean" : "null");
            case 4 -> schema.put("enum", literals());
            case 5 -> schema.put("type", List.of("integer", "null"));
            case 6, 7 -> object(schema, depth);
            case 8 -> array(schema, depth);
            default ->
                schema.put(random.nextInt(4) == 0 ? "oneOf" : "anyOf", List.of(schema(depth - 1), schema(depth - 1)));
        }
        if (random.nextInt(40) == 0) {
            schema.put(STRAYS.get(random.nextInt(STRAYS.size())), random.nextBoolean() ? "frog" : random.nextInt(5));
        }
        return schema;
    }

    private void string(Map<String, @Nullable Object> schema) {
        schema.put("type", "string");
        switch (random.nextInt(4)) {
            case 0 -> schema.put("maxLength", random.nextInt(8));
            case 1 -> {
                schema.put("minLength", random.nextInt(4));
                schema.put("maxLength", random.nextInt(8));
            }
            case 2 -> schema.put("pattern", pattern());
            default -> {}
        }
    }

    private String pattern() {
        StringBuilder pattern = new StringBuilder("^");
        for (int i = random.nextInt(3); i >= 0; i--) {
            pattern.append(List.of("a", "[b-e]", "\\d", "x|y", "é", "[^\"\\\\]", "\\.", "(ab|cd)", "\\w")
                    .get(random.nextInt(9)));
            pattern.append(List.of("", "", "?", "{1,3}", "+").get(random.nextInt(5)));
        }
        String one = pattern.toString();
        return one.contains("|") && !one.contains("(") ? "^(" + one.substring(1) + ")$" : one + "$";
    }

    private void number(Map<String, @Nullable Object> schema, String type) {
        schema.put("type", type);
        double scale = Math.pow(10, random.nextInt(6));
        for (String bound : List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")) {
            if (random.nextInt(3) == 0) {
                double value = Math.round((random.nextDouble() - 0.5) * scale * 8) / 8.0;
                schema.put(bound, bound.contains("ax") ? Math.abs(value) + 1 : value);
            }
        }
    }

    private List<@Nullable Object> literals() {
        List<@Nullable Object> literals = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            literals.add(
                    switch (random.nextInt(5)) {
                        case 0 -> random.nextInt(200) - 100;
                        case 1 -> null;
                        case 2 -> Map.of("k", random.nextInt(9));
                        case 3 -> random.nextBoolean();
                        default -> "v\"\n" + random.nextInt(99);
                    });
        }
        return literals;
    }

    private void object(Map<String, @Nullable Object> schema, int depth) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = List.of("a", "ab", "é", "b\"c", "zz").get(random.nextInt(5));
            properties.put(name, schema(depth - 1));
            if (random.nextBoolean()) {
                required.add(name);
            }
        }
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", required.stream().distinct().toList());
        if (random.nextInt(3) == 0) {
            schema.put("additionalProperties", random.nextBoolean() ? (Object) false : schema(depth - 1));
        }
    }

    private void array(Map<String, @Nullable Object> schema, int depth) {
        schema.put("type", "array");
        schema.put("items", schema(depth - 1));
        if (random.nextBoolean()) {
            schema.put("maxItems", random.nextInt(4));
        }
        if (random.nextInt(3) == 0) {
            schema.put("minItems", random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            schema.put("prefixItems", List.of(schema(depth - 1)));
        }
    }
}
