package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** This operator among those that run: the name of its pod, and where its Leases are. */
@Singleton
class OperatorInstance {
    private final String name = Optional.ofNullable(System.getenv("HOSTNAME"))
            .filter(host -> !host.isBlank())
            .orElseGet(() -> UUID.randomUUID().toString());
    private final String namespace;
    private final Optional<String> podUid;

    OperatorInstance(OperatorConfig config, KubernetesClient client) {
        namespace = config.lease()
                .namespace()
                .orElseGet(() -> Objects.requireNonNullElse(client.getNamespace(), "default"));
        podUid = config.podUid();
    }

    String name() {
        return name;
    }

    String namespace() {
        return namespace;
    }

    /** With its pod goes what it owns; nothing where it does not know its pod. */
    List<OwnerReference> owners() {
        return podUid
                .map(uid -> new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withName(name)
                        .withUid(uid)
                        .build())
                .stream()
                .toList();
    }
}
