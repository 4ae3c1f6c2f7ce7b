package dev.plimsoll.server.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a schema lets a model write fits the schema by another implementation; what fits is let through. */
class JsonSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Vocabulary VOCABULARY = Texts.vocabulary();

    static final String RECURSIVE = """
            {"$defs": {"Tree": {"type": "object", "properties": {"name": {"type": "string"},
             "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}, "required": ["name", "children"],
             "additionalProperties": false}}, "$ref": "#/$defs/Tree"}""";

    @ParameterizedTest
    @ValueSource(
            strings = {
                RECURSIVE,
                "{\"type\": \"object\"}",
                "{}",
                "{\"type\": [\"string\", \"null\"], \"maxLength\": 3, \"minLength\": 1}",
                "{\"type\": \"string\", \"pattern\": \"^[A-Z]{2,4}-\\\\d+(x|yz)?$\"}",
                "{\"type\": \"string\", \"pattern\": \"a.c\"}",
                "{\"type\": \"string\", \"pattern\": \"^[^a-z\\\"]{1,5}$\"}",
                "{\"type\": \"string\", \"pattern\": \"^\\\\S+é\\\\s?$\"}",
                "{\"type\": \"string\", \"format\": \"date-time\"}",
                "{\"type\": \"string\", \"format\": \"date\"}",
                "{\"type\": \"string\", \"format\": \"time\"}",
                "{\"type\": \"string\", \"format\": \"uuid\"}",
                "{\"type\": \"string\", \"format\": \"ipv4\"}",
                "{\"type\": \"string\", \"format\": \"ipv6\"}",
                "{\"type\": \"string\", \"format\": \"uri\"}",
                "{\"type\": \"string\", \"format\": \"hostname\"}",
                "{\"type\": \"string\", \"format\": \"duration\"}",
                "{\"type\": \"integer\", \"minimum\": -17, \"maximum\": 1203}",
                "{\"type\": \"integer\", \"exclusiveMinimum\": 99, \"exclusiveMaximum\": 101}",
                "{\"type\": \"integer\", \"minimum\": 1}",
                "{\"type\": \"integer\", \"maximum\": -5}",
                "{\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}",
                "{\"type\": \"number\", \"exclusiveMinimum\": 0.25, \"exclusiveMaximum\": 0.5}",
                "{\"type\": \"number\", \"minimum\": -1.5, \"exclusiveMaximum\": 12.75}",
                "{\"type\": \"number\", \"exclusiveMaximum\": 0}",
                "{\"type\": \"number\", \"exclusiveMinimum\": -3}",
                "{\"enum\": [1, \"one\", null, {\"a\": [1.5, true]}, \"on\\n\\\"e\"]}",
                "{\"type\": \"string\", \"enum\": [\"ab\", \"abc\", \"b\"]}",
                "{\"const\": {\"x\": \"é😀\"}}",
                "{\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"minItems\": 2, \"maxItems\": 4}",
                "{\"type\": \"array\", \"prefixItems\": [{\"type\": \"string\"}, {\"type\": \"number\"}],"
                        + " \"minItems\": 1, \"items\": {\"type\": \"boolean\"}}",
                "{\"type\": \"array\", \"prefixItems\": [{\"type\": \"string\"}, {\"type\": \"number\"}],"
                        + " \"items\": false, \"minItems\": 2}",
                "{\"type\": \"array\", \"items\": {\"type\": \"null\"}, \"maxItems\": 0}",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"type\": \"integer\"},"
                        + " \"ab\": {\"type\": \"boolean\"}}, \"required\": [\"b\"],"
                        + " \"additionalProperties\": {\"type\": \"null\"}}",
                "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}}",
                "{\"type\": \"object\", \"properties\": {\"a\\\"é\": {\"const\": 1}}, \"required\": [\"a\\\"é\"]}",
                "{\"type\": \"object\", \"required\": [\"x\"]}",
                "{\"type\": \"object\", \"additionalProperties\": false}",
                "{\"anyOf\": [{\"type\": \"integer\"}, {\"type\": \"number\"}, {\"enum\": [\"1\"]}]}",
                "{\"oneOf\": [{\"type\": \"object\", \"properties\": {\"kind\": {\"const\": \"a\"}, \"x\": {\"type\":"
                        + " \"integer\"}}, \"required\": [\"kind\"]}, {\"type\": \"object\", \"properties\": {\"kind\":"
                        + " {\"const\": \"b\"}, \"x\": {\"type\": \"string\"}}, \"required\": [\"kind\", \"x\"]}]}",
                "{\"allOf\": [{\"type\": \"boolean\"}], \"description\": \"d\", \"default\": true}",
                "{\"type\": \"integer\", \"minimum\": -9007199254740991, \"maximum\": 9007199254740991}",
                "{\"type\": \"number\", \"multipleOf\": 0.01, \"minimum\": 0}",
                "{\"type\": \"integer\", \"multipleOf\": 5, \"minimum\": -12, \"exclusiveMaximum\": 100}",
                "{\"type\": \"number\", \"multipleOf\": 0.25, \"minimum\": 0, \"maximum\": 3}",
                "{\"type\": \"string\", \"format\": \"uuid\", \"pattern\": \"^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}"
                        + "-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$\"}",
                "{\"type\": \"string\", \"format\": \"password\", \"minLength\": 2, \"maxLength\": 5}",
                "{\"type\": \"object\", \"propertyNames\": {\"type\": \"string\"}, \"additionalProperties\": {\"type\":"
                        + " \"boolean\"}}",
                "{\"type\": \"object\", \"propertyNames\": {\"type\": \"string\", \"pattern\": \"^[a-c]{1,3}$\"},"
                        + " \"additionalProperties\": {\"type\": \"integer\"}}",
                "{\"type\": \"object\", \"propertyNames\": {\"type\": \"string\", \"enum\": [\"x\", \"y\"]},"
                        + " \"additionalProperties\": {\"type\": \"integer\"}, \"required\": [\"x\"]}",
                "{\"type\": \"object\", \"patternProperties\": {\"^[a-z]{2}$\": {\"type\": \"string\"}}}",
                "{\"allOf\": [{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\", \"minimum\": 0}},"
                        + " \"required\": [\"a\"]}, {\"type\": \"object\", \"properties\": {\"b\": {\"type\": \"boolean\"},"
                        + " \"a\": {\"type\": \"number\", \"maximum\": 20}}, \"required\": [\"b\"]}]}",
                "{\"$defs\": {\"A\": {\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"null\"}}}}, \"allOf\":"
                        + " [{\"$ref\": \"#/$defs/A\"}], \"properties\": {\"b\": {\"type\": \"null\"}}, \"required\": [\"b\"]}",
            })
    void whatIsWrittenFits(String schema) throws Exception {
        SplittableRandom random = new SplittableRandom(schema.hashCode());
        GrammarMatcher.Shared shared = Texts.shared(JsonSchema.rule(Texts.schema(schema)), VOCABULARY);
        int complete = 0;
        for (int i = 0; i < 200; i++) {
            String text = Texts.random(shared, VOCABULARY, random, random.nextInt(60), 600);
            if (text != null) {
                assertFits(schema, text);
                complete++;
            }
        }
        assertThat(complete).isGreaterThan(40);
    }

    /** What zod writes for an address: a pattern with look-around beside the format. */
    @Test
    void anAddressFitsThePatternThatIsWrittenBesideIts() throws Exception {
        String zod =
                "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";
        String schema = JSON.writeValueAsString(
                Map.of("type", "string", "format", "email", "pattern", zod, "minLength", 1, "maxLength", 254));
        GrammarMatcher.Shared shared = Texts.shared(JsonSchema.rule(Texts.schema(schema)), VOCABULARY);
        SplittableRandom random = new SplittableRandom(1);
        int complete = 0;
        for (int i = 0; i < 400; i++) {
            String text = Texts.random(shared, VOCABULARY, random, random.nextInt(60), 600);
            if (text != null) {
                assertThat(JSON.readValue(text, String.class)).matches(zod).hasSizeBetween(6, 160);
                complete++;
            }
        }
        assertThat(complete).isGreaterThan(100);
    }

    /** Lengths that are said beside a format hold: each text has one that is known. */
    @ParameterizedTest
    @CsvSource({"date,10,10", "time,9,21", "date-time,20,32", "hostname,1,100", "ipv4,7,15", "ipv6,15,39", "uri,8,700"})
    void textsOfAFormatAreOfKnownLength(String format, int least, int most) throws Exception {
        String schema = JSON.writeValueAsString(
                Map.of("type", "string", "format", format, "minLength", least, "maxLength", most));
        GrammarMatcher.Shared shared = Texts.shared(JsonSchema.rule(Texts.schema(schema)), VOCABULARY);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100; i++) {
            String text = Texts.random(shared, VOCABULARY, random, 600, 800);
            if (text != null) {
                assertThat(JSON.readValue(text, String.class)).hasSizeBetween(least, most);
            }
        }
        Map<String, @Nullable Object> narrower = Texts.schema(
                JSON.writeValueAsString(Map.of("type", "string", "format", format, "minLength", least + 1)));
        assertThatThrownBy(() -> JsonSchema.rule(narrower)).hasMessageContaining("minLength is not implemented");
    }

    static void assertFits(String schema, String text) throws Exception {
        JsonNode parsed = JSON.reader()
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(text);
        SchemaValidatorsConfig config =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(schema, config)
                        .validate(parsed))
                .as("%s against %s", text, schema)
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"type\": \"integer\", \"minimum\": -17, \"maximum\": 1203}|-17 -9 -1 0 9 10 999 1000 1203|-18 1204 01 1.0",
                "{\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}|0 0.0 0.5 1 1.0 0.999|1.01 -0.1 2 10",
                "{\"type\": \"number\", \"exclusiveMinimum\": 0.25, \"maximum\": 12.5}|0.26 0.2501 1 9.99 12.5 12.49|0.25 0.2 12.51 13 0.250",
                "{\"type\": \"number\", \"maximum\": -2.5}|-2.5 -2.51 -3 -100.25|-2.4 0 2.5",
                "{\"type\": \"string\", \"pattern\": \"^a+$\"}|\"a\" \"aaa\"|\"\" \"ab\" \"b\"",
                "{\"type\": \"string\", \"pattern\": \"b\"}|\"b\" \"abc\" \"\\n\\u0041b\"|\"\" \"ac\"",
                "{\"type\": \"string\", \"pattern\": \"^[\\\\u00e0-\\\\u00ff\\\"]{2}$\"}|\"é\\\"\" \"àÿ\"|\"éa\" \"é\\\"",
                "{\"type\": \"string\", \"format\": \"email\"}|\"a.b@c.org\" \"x+1@mail-1.example.com\"|\"a\" \"a@b\" \"@b.com\"",
                "{\"enum\": [\"a\", \"ab\", 1, 10]}|\"a\" \"ab\" 1 10|\"b\" 100 \"abc\"",
                "{\"type\": \"object\", \"properties\": {\"a\": {}, \"b\": {}}}|{} {\"a\":1} {\"b\":null} {\"a\":[],\"b\":{\"c\":\"d\"}}|{\"c\":1} {\"b\":1,\"a\":1} {\"a\":1,}",
                "{\"type\": \"object\", \"properties\": {\"a\": true}, \"additionalProperties\": {\"type\": \"null\"}}|{\"a\":1,\"b\":null} {\"aa\":null} {\"c\":null,\"d\":null}|{\"b\":1} {\"b\":null,\"a\":1}",
            })
    void whatFitsIsLetThrough(String schema, String fitting, String others) {
        for (String text : fitting.split(" ", -1)) {
            assertThat(Texts.has(JsonSchema.rule(Texts.schema(schema)), text))
                    .as(text)
                    .isTrue();
        }
        for (String text : others.split(" ", -1)) {
            assertThat(Texts.has(JsonSchema.rule(Texts.schema(schema)), text))
                    .as(text)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"type\": \"array\", \"items\": {\"properties\": {\"a\": {\"not\": {}}}}}|items.properties.a.not is not implemented",
                "{\"type\": \"array\", \"uniqueItems\": true}|uniqueItems is not implemented: leave it out",
                "{\"type\": \"object\", \"patternProperties\": {}}|patternProperties is empty",
                "{\"type\": \"object\", \"patternProperties\": {\"a\": {}, \"b\": {}}}|patternProperties is implemented for one pattern",
                "{\"type\": \"object\", \"propertyNames\": {\"type\": \"integer\"}}|propertyNames must let names be strings",
                "{\"type\": \"object\", \"propertyNames\": {\"enum\": [\"a\"]}, \"required\": [\"b\"]}|propertyNames leaves out a name that is required",
                "{\"type\": \"object\", \"minProperties\": 1}|minProperties is not implemented",
                "{\"if\": {}, \"then\": {}}|if is not implemented",
                "{\"type\": \"number\", \"multipleOf\": 0.5}|multipleOf is implemented for powers of ten up to 1",
                "{\"type\": \"number\", \"multipleOf\": 0}|multipleOf must be a number above 0",
                "{\"type\": \"integer\", \"multipleOf\": 7, \"minimum\": 1, \"maximum\": 6}|multipleOf leaves no number",
                "{\"type\": \"integer\", \"multipleOf\": 3, \"minimum\": 1, \"maximum\": 1e9}|multipleOf is implemented for at most 2000",
                "{\"type\": \"integer\", \"minimum\": 1e16}|minimum must be a number below 1e15",
                "{\"type\": \"string\", \"format\": \"email\", \"maxLength\": 10}|maxLength is not implemented beside",
                "{\"type\": \"frog\"}|type must be of object, array",
                "{\"$ref\": \"#/$defs/none\"}|$ref refers to nothing: #/$defs/none",
                "{\"$ref\": \"other.json\"}|$ref must refer to a schema in this document",
                "{\"$ref\": \"#\"}|begins with itself",
                "{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\": [\"a\"]}|no text is ever complete",
                "{\"type\": \"string\", \"pattern\": \"(?=a)\"}|pattern holds what is not implemented",
                "{\"type\": \"string\", \"pattern\": \"a\\\\1\"}|pattern holds what is not implemented",
                "{\"type\": \"string\", \"pattern\": \"(a*)*\"}|what is repeated may be empty",
                "{\"type\": \"string\", \"format\": \"frog\"}|format may be date, date-time",
                "{\"type\": \"string\", \"minLength\": 5, \"maxLength\": 4}|minLength is more than maxLength",
                "{\"oneOf\": [{\"type\": \"integer\"}, {\"type\": \"number\"}]}|oneOf holds schemas that cannot be told apart",
                "{\"allOf\": [{\"type\": \"string\"}, {\"type\": \"null\"}]}|allOf says type twice, not the same",
                "{\"allOf\": [{\"type\": \"object\", \"additionalProperties\": false}, {\"properties\": {\"a\": {}}}]}|allOf holds a schema whose additionalProperties leaves out",
                "{\"anyOf\": [{}], \"properties\": {}}|properties is not implemented beside anyOf",
                "{\"type\": \"integer\", \"minimum\": 5, \"maximum\": 4}|minimum leaves no number",
                "{\"type\": \"integer\", \"enum\": [\"a\"]}|enum names no value that is possible",
                "{\"required\": [\"a\"], \"additionalProperties\": false, \"type\": \"object\"}|required names a, which is not declared",
            })
    void whatIsNotImplementedIsNamed(String schema, String message) {
        Map<String, @Nullable Object> json = Texts.schema(schema);
        assertThatThrownBy(() -> Grammar.of(JsonSchema.rule(json)))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining(message);
    }

    /** However it is made large, a schema is refused before it fills the heap. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"number\", \"minimum\": -1.5, \"maximum\": 1234.75}",
                "{\"type\": \"string\", \"pattern\": \"[^a][^b][^c][^d][^e][^f][^g][^h]\"}",
                "{\"type\": \"string\", \"format\": \"date-time\"}",
                "{\"type\": \"array\", \"items\": {\"type\": \"object\", \"properties\": {\"a\": {\"enum\": [1, 2, \"x\"]}}}}"
            })
    void aLargeSchemaIsRefused(String one) {
        StringBuilder schema = new StringBuilder("{\"anyOf\": [" + one);
        for (int i = 0; i < 12_000; i++) {
            schema.append(", ").append(one);
        }
        Map<String, @Nullable Object> json = Texts.schema(schema + "]}");
        assertThatThrownBy(() -> Grammar.of(JsonSchema.rule(json)))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("too large");
    }
}
