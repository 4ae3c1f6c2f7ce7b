package dev.plimsoll.operator.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.PodShape;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A Deployment that stands and that no revision is kept of: of a release without revisions, or from a backup that held
 * none. Its template becomes one as it stands, so that no pod is touched; what it means is read from what its pods are told.
 */
public final class Adoption {
    /** The digest of a template that says in no known words what it means: it is no spec's. */
    private static final String UNKNOWN = "unknown";

    private static final String SPEC = "PLIMSOLL_SPEC";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Adoption() {}

    /**
     * The revision that the Deployment's pods are made from.
     *
     * @param number of the revision
     */
    public static Optional<Revision> of(Deployment deployment, long number, Instant now) {
        PodTemplateSpec template = deployment.getSpec().getTemplate();
        Optional<String> key = Labels.revision(
                template.getMetadata() == null ? null : template.getMetadata().getLabels());
        return key.flatMap(label -> server(template)
                .map(server -> new Revision(
                        label,
                        number,
                        digest(deployment.getMetadata().getName(), template, server),
                        server.getImage(),
                        template,
                        0,
                        adopted(isReady(deployment), now))));
    }

    /** It is complete: what became of it is past, and no deadline counts for it any more. */
    private static History adopted(boolean ready, Instant now) {
        return new History(
                null,
                null,
                new History.Begun(now, Strategy.REPLACE, "it stood before revisions were kept"),
                now,
                ready ? now : null,
                null);
    }

    private static boolean isReady(Deployment deployment) {
        return deployment.getStatus() != null
                && Objects.requireNonNullElse(deployment.getStatus().getReadyReplicas(), 0) > 0;
    }

    private static String digest(String name, PodTemplateSpec template, Container server) {
        String said = Objects.requireNonNullElse(template.getMetadata().getAnnotations(), Map.<String, String>of())
                .get(Labels.SHAPE);
        return said != null
                ? said
                : spec(server)
                        .map(spec -> PodShape.digestOfPods(spec, name, template.getSpec()))
                        .orElse(UNKNOWN);
    }

    static Optional<Container> server(PodTemplateSpec template) {
        return template.getSpec() == null
                ? Optional.empty()
                : Objects.requireNonNullElse(template.getSpec().getContainers(), List.<Container>of()).stream()
                        .filter(container -> Labels.SERVER_CONTAINER.equals(container.getName()))
                        .findFirst();
    }

    /** What the server of a template is told to serve. */
    public static Optional<ModelDeploymentSpec> spec(PodTemplateSpec template) {
        return server(template).flatMap(Adoption::spec);
    }

    private static Optional<ModelDeploymentSpec> spec(Container server) {
        return Objects.requireNonNullElse(server.getEnv(), List.<EnvVar>of()).stream()
                .filter(variable -> SPEC.equals(variable.getName()) && variable.getValue() != null)
                .findFirst()
                .flatMap(variable -> parse(variable.getValue()));
    }

    private static Optional<ModelDeploymentSpec> parse(String json) {
        try {
            return Optional.ofNullable(JSON.readValue(json, ModelDeploymentSpec.class))
                    .filter(spec -> spec.model() != null);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
