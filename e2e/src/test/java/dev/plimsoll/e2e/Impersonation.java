package dev.plimsoll.e2e;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Objects;

/** Has the next pods of a namespace run {@link Impostor} in the place of the model server. */
final class Impersonation implements AutoCloseable {
    private final AdmissionWebhook webhook;

    /** @param report what it reports: a real server's answer, in JSON */
    Impersonation(Cluster cluster, String report) throws Exception {
        cluster.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("impostor")
                        .withNamespace(cluster.namespace())
                        .endMetadata()
                        .addToData("report.json", report)
                        .addToBinaryData("Impostor.class", classFile())
                        .build())
                .create();
        webhook = AdmissionWebhook.onPods(cluster, Impersonation::replaceServer);
    }

    private static void replaceServer(ObjectNode pod) {
        ObjectNode server = (ObjectNode) pod.at("/spec/containers/0");
        server.putArray("command")
                .add("/opt/java/bin/java")
                .add("-Xmx16m")
                .add("-XX:+UseSerialGC")
                .add("-XX:TieredStopAtLevel=1")
                .add("-cp")
                .add("/impostor")
                .add(Impostor.class.getName())
                .add("8000")
                .add("9000");
        server.putArray("args");
        server.withArray("volumeMounts").addObject().put("name", "impostor").put("mountPath", "/impostor");
        ObjectNode volume = pod.withArray("/spec/volumes").addObject().put("name", "impostor");
        volume.putObject("configMap")
                .put("name", "impostor")
                .putArray("items")
                .add(item(pod, "report.json", "report.json"))
                .add(item(pod, "Impostor.class", Impostor.class.getName().replace('.', '/') + ".class"));
    }

    private static ObjectNode item(ObjectNode pod, String key, String path) {
        return pod.objectNode().put("key", key).put("path", path);
    }

    private static String classFile() throws IOException {
        try (InputStream in = Objects.requireNonNull(Impostor.class.getResourceAsStream("Impostor.class"))) {
            return Base64.getEncoder().encodeToString(in.readAllBytes());
        }
    }

    /** Changes how the impostor of a pod answers from now on. */
    static void behave(Cluster cluster, Pod pod, String manner) throws Exception {
        cluster.shell(pod, "echo " + manner + " > /tmp/manner.new && mv /tmp/manner.new /tmp/manner");
    }

    @Override
    public void close() {
        webhook.close();
    }
}
