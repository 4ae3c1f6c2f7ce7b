package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The CRD as users install it: generated from the records, completed with what their annotations cannot say. */
final class CrdYaml {
    private static final long LONGEST_QUANTITY = 32;
    private static final long LONGEST_MAP = 1024;
    private static final long MOST_GPUS = 16;
    private static final long TIERS = 2;

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
        specified(child(root, "spec"));
        reported(child(root, "status"));
        return crd;
    }

    private static void specified(JSONSchemaProps spec) {
        spec.setDescription("What is asked for. Nothing is ever written back into it.");
        var memory = child(spec, "memory");
        for (var name : List.of("gpu", "host", "disk")) {
            child(memory, name).setMaxLength(LONGEST_QUANTITY);
        }
        child(memory, "perGpu").setMaxItems(MOST_GPUS);
        child(keyed(child(memory, "perGpu"), "index"), "limit").setMaxLength(LONGEST_QUANTITY);
        var placement = child(spec, "placement");
        keyed(child(placement, "map"), "module");
        child(placement, "map").setMaxItems(LONGEST_MAP);
        child(placement, "offload").setXKubernetesListType("set");
        child(placement, "offload").setMaxItems(TIERS);
        var scheduling = child(spec, "scheduling");
        child(scheduling, "nodeSelector").setXKubernetesMapType("atomic");
        child(scheduling, "tolerations").setXKubernetesListType("atomic");
    }

    private static void reported(JSONSchemaProps status) {
        status.setDescription("What is: facts that change rarely, rounded. A value that was not measured is absent.");
        keyed(child(status, "conditions"), "type");
        keyed(child(child(status, "plan"), "devices"), "name");
        var pods = keyed(child(status, "pods"), "uid");
        var failure = child(child(pods, "failure"), "reason");
        failure.setEnum(List.of());
        failure.setDescription("One of the reasons of a condition.");
        var devices = keyed(child(pods, "devices"), "name");
        child(devices, "modules").setXKubernetesListType("atomic");
    }

    /** Makes a list a map for server-side apply and returns the schema of its items. */
    private static JSONSchemaProps keyed(JSONSchemaProps list, String key) {
        var item = list.getItems().getSchema();
        list.setXKubernetesListType("map");
        list.setXKubernetesListMapKeys(List.of(key));
        if (!item.getRequired().contains(key)) {
            item.setRequired(List.of(key));
        }
        return item;
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
