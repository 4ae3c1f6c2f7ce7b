package dev.plimsoll.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.plimsoll.api.KvCacheSize;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.Server;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a spec means for its pods, and nothing else of it: two specs have one digest exactly when their pods may stay. What
 * is not set, or set to its default, does not count, so that a newer CRD with more fields and defaults changes no digest;
 * quantities count as amounts. The image of the server is no part of it: it follows a policy of its own.
 */
public final class PodShape {
    /** What of a spec concerns no pod, or is decided elsewhere. */
    private static final Set<String> NO_PART = Set.of("replicas", "rollout", "suspend", "server.image");

    /** Defaults of fields whose type has none: where null means something. */
    private static final Map<String, JsonNode> MEANT = Map.of(
            "server.imagePullPolicy", TextNode.valueOf("IfNotPresent"),
            "server.terminationGracePeriodSeconds", IntNode.valueOf(Server.DEFAULT_GRACE),
            "serving.specialTokensInContent", TextNode.valueOf("Special"),
            "serving.generationDefaults", BooleanNode.TRUE,
            "placement.offload", JsonNodeFactory.instance.arrayNode().add("Host"));

    /** Lists whose order means nothing. */
    private static final Set<String> SETS =
            Set.of("memory.perGpu", "placement.map", "scheduling.tolerations", "gpu.product");

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private PodShape() {}

    /** Of what is asked for. */
    public static String digest(ModelDeployment model) {
        return digest(
                model.getSpec(),
                model.getMetadata().getName(),
                restartedAt(model).orElse(null));
    }

    /** When somebody wanted the pods to be made anew. */
    public static Optional<String> restartedAt(ModelDeployment model) {
        return Optional.ofNullable(model.getMetadata().getAnnotations()).map(all -> all.get(Labels.RESTARTED_AT));
    }

    /**
     * Twelve hexadecimal digits.
     *
     * @param name of the ModelDeployment, by which a model is served that has no other name
     * @param restartedAt when somebody wanted the pods to be made anew; null where nobody did
     */
    static String digest(ModelDeploymentSpec spec, String name, @Nullable String restartedAt) {
        ObjectNode shape = of(spec, name);
        if (restartedAt != null && !restartedAt.isEmpty()) {
            shape.put("restartedAt", restartedAt);
        }
        return Digest.of(shape);
    }

    /**
     * Of pods of a release whose templates do not say their digest: what they serve is in what their server is told, where
     * they run in the pods themselves.
     */
    public static String digestOfPods(ModelDeploymentSpec served, String name, PodSpec pods) {
        ObjectNode whole = JSON.valueToTree(served);
        ObjectNode scheduling = whole.putObject("scheduling");
        scheduling.set("nodeSelector", JSON.valueToTree(pods.getNodeSelector()));
        scheduling.set("tolerations", JSON.valueToTree(pods.getTolerations()));
        scheduling.put("priorityClassName", pods.getPriorityClassName());
        scheduling.put("runtimeClassName", pods.getRuntimeClassName());
        try {
            return digest(JSON.treeToValue(whole, ModelDeploymentSpec.class), name, null);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static ObjectNode of(ModelDeploymentSpec spec, String name) {
        ObjectNode shape = (ObjectNode) canonical(spec, "");
        ObjectNode model = shape.withObject("/model");
        model.put("uri", model.path("uri").asText().replaceFirst("/$", ""));
        if (model.path("servedName").asText().equals(name)) {
            model.remove("servedName");
        }
        return shape;
    }

    private static JsonNode canonical(@Nullable Object value, String path) {
        return switch (value) {
            case null -> NullNode.getInstance();
            case Quantity quantity -> TextNode.valueOf(amount(quantity));
            case KvCacheSize size -> TextNode.valueOf(kvCache(size));
            case List<?> list -> list(list, path);
            case Map<?, ?> map -> JSON.valueToTree(map);
            case Record fields when JSON.valueToTree(fields).isObject() -> fields(fields, path);
            default -> JSON.valueToTree(value);
        };
    }

    private static String amount(Quantity quantity) {
        BigDecimal amount = Quantity.getAmountInBytes(quantity).stripTrailingZeros();
        return amount.toPlainString();
    }

    /** A word of a newer version is no amount, and counts as it is written. */
    private static String kvCache(KvCacheSize size) {
        try {
            return size.equals(KvCacheSize.Auto) ? size.value() : amount(new Quantity(size.value()));
        } catch (IllegalArgumentException e) {
            return size.value();
        }
    }

    private static ArrayNode list(List<?> list, String path) {
        ArrayNode array = JSON.createArrayNode();
        List<JsonNode> elements =
                list.stream().map(element -> canonical(element, path + "[]")).toList();
        array.addAll(
                SETS.contains(path)
                        ? elements.stream()
                                .sorted(Comparator.comparing(JsonNode::toString))
                                .toList()
                        : elements);
        return array;
    }

    /** Fields that say something, in the order of their names. */
    private static ObjectNode fields(Record value, String path) {
        ObjectNode said = JSON.createObjectNode();
        JsonNode blank = blank(value.getClass());
        Arrays.stream(value.getClass().getRecordComponents())
                .sorted(Comparator.comparing(RecordComponent::getName))
                .forEach(field -> {
                    String at = path.isEmpty() ? field.getName() : path + "." + field.getName();
                    JsonNode node = canonical(read(field, value), at);
                    if (!NO_PART.contains(at)
                            && !isNothing(node)
                            && !node.equals(MEANT.get(at))
                            && !node.equals(blank.path(field.getName()))) {
                        said.set(field.getName(), node);
                    }
                });
        return said;
    }

    /** What a record of the type is when nothing is said: its defaults, as they count here. */
    private static JsonNode blank(Class<?> type) {
        try {
            Object nothing = JSON.readValue("{}", type);
            ObjectNode defaults = JSON.createObjectNode();
            for (RecordComponent field : type.getRecordComponents()) {
                defaults.set(field.getName(), canonical(read(field, nothing), "?" + field.getName()));
            }
            return defaults;
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    private static @Nullable Object read(RecordComponent field, Object value) {
        try {
            return field.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isNothing(JsonNode node) {
        return node.isNull()
                || node.isMissingNode()
                || (node.isContainerNode() && node.isEmpty())
                || (node.isTextual() && node.asText().isEmpty());
    }
}
