package dev.plimsoll.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the API server accepts and refuses. A file's name is the assertion; its first lines say what the answer holds:
 * {@code # expect: /json/pointer value} or {@code # message: words of the refusal}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusIT {
    private static final Path CORPUS = Path.of("src/test/resources/corpus");
    private static final YAMLMapper YAML = new YAMLMapper();

    private ApiServer server;

    @BeforeAll
    void start() throws IOException {
        server = ApiServer.running();
    }

    @ParameterizedTest
    @MethodSource
    void accepted(Document document) {
        var answer = server.create(document.resource());
        server.delete(answer.at("/metadata/name").asText());

        document.headers("expect").forEach(expected -> {
            var pointerAndValue = expected.split(" ", 2);
            assertThat(answer.at(pointerAndValue[0]).asText()).as(expected).isEqualTo(pointerAndValue[1]);
        });
        assertThat(spec(document.resource()))
                .as("the records' defaults are the schema's")
                .isEqualTo(spec(answer));
    }

    @ParameterizedTest
    @MethodSource
    void refused(Document document) {
        var message = document.headers("message");
        assertThat(message).as("a refusal says what the message holds").hasSize(1);
        assertThatThrownBy(() -> server.create(document.resource()))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(message.getFirst());
    }

    @Test
    void everyRuleIsMet() throws IOException {
        var rules = YAML.readTree(CrdTest.COMMITTED.toFile()).findValues("x-kubernetes-validations").stream()
                .flatMap(list -> StreamSupport.stream(list.spliterator(), false))
                .map(rule -> rule.get("message").asText())
                .toList();
        var expected = refused()
                .flatMap(document -> document.headers("message").stream())
                .toList();
        assertThat(rules).allSatisfy(rule -> assertThat(expected).anyMatch(rule::contains));
    }

    static Stream<Document> accepted() throws IOException {
        return documents("valid-");
    }

    static Stream<Document> refused() throws IOException {
        return documents("invalid-");
    }

    private static Stream<Document> documents(String prefix) throws IOException {
        try (var files = Files.list(CORPUS)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList().stream()
                    .map(Document::read);
        }
    }

    private ModelDeploymentSpec spec(JsonNode resource) {
        return server.json(resource.get("spec"), ModelDeploymentSpec.class);
    }

    record Document(String name, List<String> lines, JsonNode resource) {
        static Document read(Path file) {
            try {
                return new Document(
                        file.getFileName().toString(), Files.readAllLines(file), YAML.readTree(file.toFile()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<String> headers(String key) {
            var prefix = "# " + key + ": ";
            return lines.stream()
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> line.substring(prefix.length()))
                    .toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
