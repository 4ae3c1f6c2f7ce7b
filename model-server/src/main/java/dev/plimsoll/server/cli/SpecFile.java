package dev.plimsoll.server.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.ModelDeploymentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A ModelDeployment in a YAML or JSON file, among other resources or alone. */
final class SpecFile {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .annotationIntrospector(new EveryFieldCounts())
            .build();

    private SpecFile() {}

    /** A stored object may be of another version; what a person has just written is read to the letter. */
    private static final class EveryFieldCounts extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated annotated) {
            return JsonIgnoreProperties.Value.empty();
        }
    }

    /**
     * The spec of the only ModelDeployment in a file.
     *
     * @throws IllegalArgumentException when there is none, more than one, or one that is not valid
     */
    static ModelDeploymentSpec read(Path file) {
        try {
            JsonNode resource = only(file);
            String version = resource.path("apiVersion").asText();
            if (!version.equals(ModelDeployment.GROUP + "/" + ModelDeployment.VERSION)) {
                throw invalid(
                        file,
                        "apiVersion is '" + version + "', this is " + ModelDeployment.GROUP + "/"
                                + ModelDeployment.VERSION);
            }
            if (!resource.path("spec").path("model").path("uri").isTextual()) {
                throw invalid(file, "spec.model.uri is missing");
            }
            ModelDeploymentSpec spec = YAML.treeToValue(resource.path("spec"), ModelDeploymentSpec.class);
            if (!spec.unknownValues().isEmpty()) {
                throw invalid(file, "this version does not know spec." + String.join(", spec.", spec.unknownValues()));
            }
            return spec;
        } catch (JsonMappingException e) {
            String field = e.getPath().stream()
                    .map(JsonMappingException.Reference::getFieldName)
                    .map(name -> name == null ? "[]" : name)
                    .collect(Collectors.joining("."));
            throw invalid(file, "spec." + field + ": " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw invalid(file, e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
        }
    }

    private static JsonNode only(Path file) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        ObjectReader reader = YAML.readerFor(JsonNode.class);
        try (MappingIterator<JsonNode> documents = reader.readValues(Files.readString(file))) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (document != null && document.path("kind").asText().equals("ModelDeployment")) {
                    found.add(document);
                }
            }
        }
        if (found.size() != 1) {
            throw invalid(file, found.isEmpty() ? "holds no ModelDeployment" : "holds more than one ModelDeployment");
        }
        return found.getFirst();
    }

    private static IllegalArgumentException invalid(Path file, String what) {
        return new IllegalArgumentException(file + ": " + what);
    }
}
