package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrArray;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The CRD as users install it: generated from the records and their annotations. */
final class CrdYaml {

    private CrdYaml() {}

    static String generate() {
        var output = new InMemory();
        new CRDGenerator()
                .customResourceClasses(ModelDeployment.class)
                .forCRDVersions("v1")
                .withOutput(output)
                .generate();
        return write(complete(Serialization.unmarshal(output.yaml(), CustomResourceDefinition.class)));
    }

    private static CustomResourceDefinition complete(CustomResourceDefinition crd) {
        var names = crd.getSpec().getNames();
        names.setListKind(names.getKind() + "List");
        var version = crd.getSpec().getVersions().getFirst();
        version.setAdditionalPrinterColumns(printerColumns());

        var root = version.getSchema().getOpenAPIV3Schema();
        root.setDescription("A model served by pods as its spec says, with the truth about its placement and memory"
                + " in its status.");
        root.setRequired(List.of("spec"));
        quantitiesWithoutNoise(root);
        child(root, "spec").setDescription("What is asked for. Nothing is ever written back into it.");
        var status = child(root, "status");
        status.setDescription("What is: facts that change rarely, rounded. A value that was not measured is absent.");
        status.setDefault(new ObjectMapper().createObjectNode().put("observedGeneration", -1));
        annotated(ModelDeploymentSpec.class, child(root, "spec"));
        annotated(ModelDeploymentStatus.class, status);
        describeTolerations(child(child(child(root, "spec"), "scheduling"), "tolerations"));
        integerFormats(root);
        return crd;
    }

    /** Lays what {@link InSchema} says of the fields of a record over their schema, and of all records below. */
    private static void annotated(Class<?> record, JSONSchemaProps schema) {
        for (RecordComponent field : record.getRecordComponents()) {
            JSONSchemaProps property = child(schema, field.getName());
            InSchema says = field.getAnnotation(InSchema.class);
            if (says != null) {
                apply(says, property);
            }
            if (field.getType() == int.class || field.getType() == Integer.class) {
                property.setFormat("int32");
            }
            if (property.getItems() != null) {
                annotate(itemType(field), property.getItems().getSchema());
            } else {
                annotate(field.getType(), property);
            }
        }
    }

    /** A type of Kubernetes' own, of which its generator keeps the fields and not what they are. */
    private static void describeTolerations(JSONSchemaProps tolerations) {
        JSONSchemaProps toleration = tolerations.getItems().getSchema();
        Map.of(
                        "key", "Key of the taint; none, with operator Exists, is every taint.",
                        "operator", "Equal (default) or Exists: whether value counts.",
                        "value", "Value of the taint, with operator Equal.",
                        "effect", "NoSchedule, PreferNoSchedule or NoExecute. Default: every effect.",
                        "tolerationSeconds", "With NoExecute, so long a pod stays. Default: for ever.")
                .forEach((field, description) -> child(toleration, field).setDescription(description));
    }

    private static void annotate(Class<?> type, JSONSchemaProps schema) {
        if (type.isRecord()
                && schema.getProperties() != null
                && !schema.getProperties().isEmpty()) {
            annotated(type, schema);
        }
    }

    private static Class<?> itemType(RecordComponent list) {
        return (Class<?>) ((ParameterizedType) list.getGenericType()).getActualTypeArguments()[0];
    }

    private static void apply(InSchema says, JSONSchemaProps property) {
        JSONSchemaProps value = value(property);
        if (says.oneOf().length > 0) {
            value.setEnum(
                    Arrays.stream(says.oneOf()).<JsonNode>map(TextNode::valueOf).toList());
        }
        if (says.opaque()) {
            property.setProperties(null);
            property.setXKubernetesPreserveUnknownFields(true);
        }
        if (!says.format().isEmpty()) {
            property.setFormat(says.format());
        }
        if (says.longest() > 0) {
            value.setMaxLength(says.longest());
        }
        if (!says.matches().isEmpty()) {
            value.setPattern(says.matches());
        }
        if (property.getItems() == null) {
            property.setMaxProperties(says.most() > 0 ? says.most() : null);
            property.setXKubernetesMapType(says.atomic() ? "atomic" : null);
            return;
        }
        property.setMaxItems(says.most() > 0 ? says.most() : null);
        property.setXKubernetesListType(says.atomic() ? "atomic" : says.key().isEmpty() ? null : "map");
        if (!says.key().isEmpty()) {
            property.setXKubernetesListMapKeys(List.of(says.key()));
            if (!value.getRequired().contains(says.key())) {
                value.setRequired(Stream.concat(value.getRequired().stream(), Stream.of(says.key()))
                        .toList());
            }
        }
    }

    /** The schema of the values of a list or a map, or the field's own. */
    private static JSONSchemaProps value(JSONSchemaProps field) {
        if (field.getItems() != null) {
            return field.getItems().getSchema();
        }
        return field.getAdditionalProperties() == null
                ? field
                : field.getAdditionalProperties().getSchema();
    }

    /** Without a format clients of other languages choose one, and choose 32 bits or a float. */
    private static void integerFormats(JSONSchemaProps schema) {
        if ("integer".equals(schema.getType()) && schema.getFormat() == null) {
            schema.setFormat("int64");
        }
        children(schema).forEach(CrdYaml::integerFormats);
    }

    private static JSONSchemaProps child(JSONSchemaProps schema, String name) {
        return Objects.requireNonNull(schema.getProperties().get(name), name);
    }

    /** {@code x-kubernetes-int-or-string} says all that the generator's {@code anyOf} beside it repeats. */
    private static void quantitiesWithoutNoise(JSONSchemaProps schema) {
        if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
            schema.setAnyOf(List.of());
        }
        children(schema).forEach(CrdYaml::quantitiesWithoutNoise);
    }

    private static List<JSONSchemaProps> children(JSONSchemaProps schema) {
        JSONSchemaPropsOrArray items = schema.getItems();
        if (items != null) {
            return List.of(items.getSchema());
        }
        Map<String, JSONSchemaProps> properties = schema.getProperties();
        return properties == null ? List.of() : List.copyOf(properties.values());
    }

    /** The columns as annotated: the generator sorts them by path, kubectl shows them in this order. */
    private static List<CustomResourceColumnDefinition> printerColumns() {
        return Arrays.stream(ModelDeployment.class.getAnnotationsByType(AdditionalPrinterColumn.class))
                .sorted(Comparator.comparing(AdditionalPrinterColumn::priority))
                .map(column -> new CustomResourceColumnDefinitionBuilder()
                        .withName(column.name())
                        .withJsonPath(column.jsonPath())
                        .withType(column.type().name().toLowerCase(Locale.ROOT))
                        .withPriority(column.priority() == 0 ? null : column.priority())
                        .build())
                .toList();
    }

    private static String write(CustomResourceDefinition crd) {
        JsonNode tree = new ObjectMapper()
                .setDefaultPropertyInclusion(JsonInclude.Include.NON_EMPTY)
                .valueToTree(crd);
        ((ObjectNode) tree.at("/spec/versions/0/subresources")).putObject("status");
        wholeNumbers(tree);
        var yaml = YAMLMapper.builder()
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES, YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER, YAMLGenerator.Feature.SPLIT_LINES)
                .build();
        try {
            return "# Generated from the records of dev.plimsoll.api; mvn -pl crds test -Dplimsoll.update=true writes it.\n"
                    + yaml.writeValueAsString(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bounds are doubles in the generator's model, integers in ours. */
    private static void wholeNumbers(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                if (field.getValue() instanceof DoubleNode number) {
                    field.setValue(LongNode.valueOf(number.longValue()));
                }
            });
        }
        node.forEach(CrdYaml::wholeNumbers);
    }

    private static final class InMemory extends CRDGenerator.AbstractCRDOutput<ByteArrayOutputStream> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        protected ByteArrayOutputStream createStreamFor(String name) {
            return bytes;
        }

        String yaml() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
