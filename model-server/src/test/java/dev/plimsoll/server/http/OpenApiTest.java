package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.plimsoll.server.openai.Answers;
import dev.plimsoll.server.openai.ApiException;
import dev.plimsoll.server.openai.OpenApi;
import dev.plimsoll.server.openai.RequestReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The OpenAPI document says what the server does: its paths, the fields that it reads, those of its answers. */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SOURCES = Path.of("src/main/java/dev/plimsoll/server/openai");
    private static final Pattern CASE = Pattern.compile("case (\"[a-z_]+\"(?:,\\s*\"[a-z_]+\")*) ->");
    private static final Pattern NAME = Pattern.compile("\"([a-z_]+)\"");

    private static JsonNode schema(String name) {
        return OpenApi.document().at("/components/schemas/" + name);
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void pathsAreTheServers() throws Exception {
        try (TestApi api = TestApi.open()) {
            JsonNode document =
                    TestApi.json(api.send("GET", "/openapi.json", "").body());
            assertThat(document).isEqualTo(OpenApi.document());
            Set<String> documented = new TreeSet<>();
            document.path("paths").properties().forEach(path -> names(path.getValue())
                    .forEach(method -> documented.add(method.toUpperCase(java.util.Locale.ROOT) + " "
                            + path.getKey().replace("{model}", ""))));
            Set<String> answered = new TreeSet<>();
            api.routes
                    .methods()
                    .forEach((path, methods) -> methods.forEach(method -> answered.add(method + " " + path)));
            assertThat(documented).isEqualTo(answered);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ChatRequest, ChatRequest GenerationFields",
        "CompletionRequest, CompletionRequest GenerationFields",
        "EmbeddingsRequest, EmbeddingsRequest",
        "TokenizeRequest, TokenizeRequest",
        "DetokenizeRequest, DetokenizeRequest"
    })
    void fieldsOfRequestsAreThoseThatAreRead(String name, String sources) throws IOException {
        Set<String> read = new TreeSet<>();
        for (String source : sources.split(" ", -1)) {
            CASE.matcher(Files.readString(SOURCES.resolve(source + ".java")))
                    .results()
                    .map(MatchResult::group)
                    .flatMap(words -> NAME.matcher(words).results())
                    .forEach(word -> read.add(word.group(1)));
        }
        assertThat(names(schema(name).path("properties"))).isEqualTo(read);
        JsonNode example = schema(name).path("example");
        assertThat(names(example)).isEqualTo(read);
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(resolvable(name))
                        .validate(example))
                .isEmpty();
    }

    /** The schema with the others where its references look for them. */
    private static JsonNode resolvable(String name) {
        var schema = schema(name).deepCopy();
        ((com.fasterxml.jackson.databind.node.ObjectNode) schema)
                .set("components", OpenApi.document().path("components"));
        return schema;
    }

    @Test
    void examplesOfRequestsAreRead() throws IOException {
        Map<String, Consumer<InputStream>> readers = Map.of(
                "ChatRequest", RequestReader::chat,
                "CompletionRequest", RequestReader::completion,
                "EmbeddingsRequest", RequestReader::embeddings);
        readers.forEach((name, reader) -> {
            String example = schema(name).path("example").toString();
            reader.accept(new ByteArrayInputStream(example.getBytes(StandardCharsets.UTF_8)));
        });
    }

    @Test
    void fieldsOfAnswersAreThoseOfTheirRecords() {
        Set<String> requests = Set.of(
                "ChatRequest",
                "CompletionRequest",
                "EmbeddingsRequest",
                "TokenizeRequest",
                "DetokenizeRequest",
                "RequestMessage",
                "Tool");
        Set<String> answers = new HashSet<>(names(OpenApi.document().at("/components/schemas")));
        answers.removeAll(requests);
        List<Class<?>> records = Stream.concat(
                        Stream.of(Answers.class.getDeclaredClasses()),
                        Stream.of(
                                Answers.ToolCall.Function.class,
                                ApiException.Body.class,
                                ApiException.Body.Details.class))
                .filter(Class::isRecord)
                .<Class<?>>map(type -> type)
                .toList();
        assertThat(records).extracting(Class::getSimpleName).containsExactlyInAnyOrderElementsOf(answers);
        for (Class<?> type : records) {
            BeanDescription bean = JSON.getSerializationConfig().introspect(JSON.constructType(type));
            assertThat(bean.findProperties().stream().map(BeanPropertyDefinition::getName))
                    .as(type.getSimpleName())
                    .containsExactlyInAnyOrderElementsOf(
                            names(schema(type.getSimpleName()).path("properties")));
        }
    }
}
