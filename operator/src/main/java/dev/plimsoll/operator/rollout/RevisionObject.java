package dev.plimsoll.operator.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.desired.Digest;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.Owner;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A revision as the API server keeps it: its template as the data, which cannot be changed, its history as an annotation. */
public final class RevisionObject {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private RevisionObject() {}

    /** What cannot be changed of a revision. */
    private record Data(String digest, String image, long generation, PodTemplateSpec template) {}

    /** What pods of this digest and image carry as their label. */
    public static String key(String digest, String image) {
        return Digest.of(JsonNodeFactory.instance.arrayNode().add(digest).add(image));
    }

    public static String name(ModelDeployment model, String key) {
        return model.getMetadata().getName() + "-" + key;
    }

    public static ControllerRevision of(ModelDeployment model, Revision revision) {
        Map<String, String> labels = new TreeMap<>(Labels.of(model.getMetadata().getName()));
        labels.put(Labels.REVISION, revision.key());
        return new ControllerRevisionBuilder()
                .withNewMetadata()
                .withName(name(model, revision.key()))
                .withNamespace(model.getMetadata().getNamespace())
                .withLabels(labels)
                .withAnnotations(Map.of(Labels.HISTORY, history(revision.history())))
                .withOwnerReferences(Owner.reference(model))
                .endMetadata()
                .withRevision(revision.number())
                .withData(JSON.valueToTree(
                        new Data(revision.digest(), revision.image(), revision.generation(), revision.template())))
                .build();
    }

    public static String history(History history) {
        try {
            return JSON.writeValueAsString(history);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it stands for; empty where it is none that an operator wrote. */
    @SuppressWarnings("NullAway") // JSON may lack what records call never null
    public static Optional<Revision> read(ControllerRevision object) {
        Map<String, String> labels =
                Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
        String key = labels.get(Labels.REVISION);
        try {
            Data data = JSON.convertValue(object.getData(), Data.class);
            return key == null
                            || data == null
                            || data.digest() == null
                            || data.image() == null
                            || data.template() == null
                    ? Optional.empty()
                    : Optional.of(new Revision(
                            key,
                            Objects.requireNonNullElse(object.getRevision(), 0L),
                            data.digest(),
                            data.image(),
                            data.template(),
                            data.generation(),
                            read(annotation(object))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether its history may hold what concerns other deployments. */
    public static boolean mayConcernOthers(ControllerRevision object) {
        String history = annotation(object);
        return history != null && (history.contains("\"turn\"") || history.contains("\"failed\""));
    }

    private static @Nullable String annotation(ControllerRevision object) {
        return Objects.requireNonNullElse(object.getMetadata().getAnnotations(), Map.<String, String>of())
                .get(Labels.HISTORY);
    }

    /** One that cannot be read is none: it is planned again. */
    private static History read(@Nullable String history) {
        try {
            return history == null ? History.NONE : JSON.readValue(history, History.class);
        } catch (JsonProcessingException e) {
            return History.NONE;
        }
    }
}
