package dev.plimsoll.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operator's own pods, as its manifests install them. */
record Operator(KubernetesClient client) {
    static final String NAMESPACE = "plimsoll-system";
    /** By which the API server knows what operators wrote. */
    static final String FIELD_MANAGER = "plimsoll-operator";

    List<Pod> pods() {
        return client
                .pods()
                .inNamespace(NAMESPACE)
                .withLabel("app.kubernetes.io/name", "plimsoll-operator")
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    /** The pod that holds the Lease by which operators agree who acts. */
    Pod leader() {
        return await("an operator that leads")
                .atMost(Duration.ofMinutes(1))
                .until(this::holder, Optional::isPresent)
                .orElseThrow();
    }

    private Optional<Pod> holder() {
        List<String> holders = client.leases().inNamespace(NAMESPACE).list().getItems().stream()
                .filter(lease -> lease.getMetadata().getName().equals("plimsoll-operator"))
                .map(lease -> String.valueOf(lease.getSpec().getHolderIdentity()))
                .toList();
        return pods().stream()
                .filter(pod -> holders.stream()
                        .anyMatch(holder -> holder.startsWith(pod.getMetadata().getName())))
                .findFirst();
    }

    /** Ends an operator at once, as a node that loses power does, and has another made in its place. */
    void kill(Pod pod) throws IOException, InterruptedException {
        HostProcess.of(pod, "operator").signal("KILL");
        client.resource(pod).withGracePeriod(0).delete();
    }

    /** To so many, who are ready afterwards; to none, who are gone afterwards. */
    void scale(int replicas) {
        client.apps()
                .deployments()
                .inNamespace(NAMESPACE)
                .withName("plimsoll-operator")
                .scale(replicas);
        await("so many operators")
                .atMost(Duration.ofMinutes(2))
                .until(() -> client.pods()
                                .inNamespace(NAMESPACE)
                                .withLabel("app.kubernetes.io/name", "plimsoll-operator")
                                .list()
                                .getItems()
                                .size()
                        == replicas);
        awaitAllReady();
    }

    void awaitAllReady() {
        await("every operator ready").atMost(Duration.ofMinutes(2)).until(() -> pods().stream()
                .allMatch(pod -> pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"))));
    }
}
