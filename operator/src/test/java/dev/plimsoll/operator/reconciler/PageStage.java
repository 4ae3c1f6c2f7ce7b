package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An API server with deployments that an operator told of which works elsewhere, and an operator that stands by with its
 * page: it writes no status, and its page shows those that there are.
 */
@SuppressWarnings("NullAway")
final class PageStage implements AutoCloseable {
    static final String BINDING = "plimsoll-operator-page";
    private static final Path MANIFESTS = Path.of("../manifests");
    private static final Path FLEET = Path.of("src/test/resources/page/fleet.yaml");

    final ApiServer server = new ApiServer();
    final OperatorProcess operator;

    PageStage(Map<String, String> settings) throws Exception {
        for (String file :
                List.of("base/user-roles.yaml", "components/page/role.yaml", "components/page/binding.yaml")) {
            try (var yaml = Files.newInputStream(MANIFESTS.resolve(file))) {
                server.admin.load(yaml).items().forEach(one -> server.admin
                        .resource(one)
                        .create());
            }
        }
        worksElsewhere(7200);
        Map<String, String> all = new HashMap<>(Map.of(
                "PLIMSOLL_PAGE_ENABLED", "true",
                "PLIMSOLL_PAGE_RELIED_UPON", "PT0.5S",
                "PLIMSOLL_LEASE_DURATION", "PT2H"));
        all.putAll(settings);
        operator = new OperatorProcess(server, "operator-with-page", all).started();
    }

    /** @param seconds for which the other operator's renewal of this moment counts */
    void worksElsewhere(int seconds) {
        server.admin
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("plimsoll-operator")
                        .withNamespace(ApiServer.OPERATOR_NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("elsewhere")
                        .withLeaseDurationSeconds(seconds)
                        .withAcquireTime(ZonedDateTime.now(ZoneOffset.UTC))
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .fieldManager("elsewhere")
                .forceConflicts()
                .serverSideApply();
    }

    void namespace(String name) {
        server.admin
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Those of {@code fleet.yaml}, with their statuses. */
    void fleet() throws IOException {
        Arrays.stream(Files.readString(FLEET).split("(?m)^---$", -1))
                .filter(document -> document.contains("kind:"))
                .map(document -> Serialization.unmarshal(document, ModelDeployment.class))
                .forEach(this::add);
    }

    void add(ModelDeployment model) {
        ModelDeployment bare = new ModelDeployment();
        bare.setMetadata(model.getMetadata());
        bare.setSpec(model.getSpec());
        server.admin.resource(bare).create();
        status(
                model.getMetadata().getNamespace(),
                model.getMetadata().getName(),
                Serialization.asJson(model.getStatus()));
    }

    /** As the operator that works would tell. */
    void status(String namespace, String name, String json) {
        server.admin
                .resources(ModelDeployment.class)
                .inNamespace(namespace)
                .withName(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": " + json + "}");
    }

    ModelDeployment model(String namespace, String name) {
        return server.admin
                .resources(ModelDeployment.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    /** A token of a new service account. */
    String token(String namespace, String account) {
        server.admin
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(account)
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        return server.admin
                .serviceAccounts()
                .inNamespace(namespace)
                .withName(account)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
    }

    /** @param kind ServiceAccount, User or Group */
    HasMetadata mayView(String namespace, String kind, String name) {
        var binding = new RoleBindingBuilder()
                .withNewMetadata()
                .withGenerateName("view-")
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "plimsoll-view");
        return server.admin
                .resource(
                        kind.equals("ServiceAccount")
                                ? binding.addNewSubject("", kind, name, namespace)
                                        .build()
                                : binding.addNewSubject("rbac.authorization.k8s.io", kind, name, null)
                                        .build())
                .create();
    }

    void mayViewEverything(String namespace, String account) {
        server.admin
                .resource(Serialization.unmarshal("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: view-everything-%1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: plimsoll-view}
                subjects: [{kind: ServiceAccount, name: %1$s, namespace: %2$s}]
                """.formatted(account, namespace), ClusterRoleBinding.class))
                .create();
    }

    @Override
    public void close() {
        operator.close();
        server.close();
    }
}
