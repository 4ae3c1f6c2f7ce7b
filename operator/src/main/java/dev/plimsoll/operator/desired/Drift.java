package dev.plimsoll.operator.desired;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * Whether an object is still as it was applied: everything desired is there, with the values desired. What others, or
 * defaults, have added is theirs. Quantities must be written in their canonical form, as the API server keeps them.
 */
public final class Drift {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Drift() {}

    /** The object with the digest of itself among its annotations. */
    static <R extends HasMetadata> R stamped(R desired) {
        Map<String, String> annotations =
                Objects.requireNonNullElse(desired.getMetadata().getAnnotations(), Map.of());
        Map<String, String> all = new TreeMap<>(annotations);
        all.put(Labels.APPLIED, Digest.of(JSON.valueToTree(desired)));
        desired.getMetadata().setAnnotations(all);
        return desired;
    }

    /** Whether {@code live} lacks something of {@code desired}, or was applied with something that is not desired now. */
    public static boolean of(HasMetadata desired, HasMetadata live) {
        return !contains(JSON.valueToTree(live), JSON.valueToTree(desired));
    }

    /** Of what may be ours in an object: to be compared with itself later. */
    public static String fingerprint(HasMetadata live) {
        JsonNode tree = JSON.valueToTree(live);
        return Digest.of(JSON.createArrayNode()
                .add(tree.path("spec"))
                .add(tree.path("metadata").path("labels"))
                .add(tree.path("metadata").path("annotations").path(Labels.APPLIED))
                .add(tree.path("metadata").path("ownerReferences")));
    }

    private static boolean contains(JsonNode live, JsonNode desired) {
        if (desired.isObject()) {
            return desired.properties().stream()
                    .allMatch(field -> isNothing(field.getValue())
                            ? isNothing(live.path(field.getKey()))
                            : contains(live.path(field.getKey()), field.getValue()));
        }
        if (desired.isArray()) {
            return StreamSupport.stream(desired.spliterator(), false)
                    .allMatch(wanted ->
                            StreamSupport.stream(live.spliterator(), false).anyMatch(there -> contains(there, wanted)));
        }
        return live.equals(desired);
    }

    private static boolean isNothing(JsonNode value) {
        return value.isMissingNode() || value.isNull() || (value.isContainerNode() && value.isEmpty());
    }
}
