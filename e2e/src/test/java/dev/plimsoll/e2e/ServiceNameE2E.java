package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Where a status says that a model is asked, a pod of the cluster asks it: by that name. */
@Execution(ExecutionMode.CONCURRENT)
class ServiceNameE2E {
    @Test
    void theUrlOfTheStatusIsAnsweredInThePods() throws Exception {
        try (Topology it = new Topology("e2e-name")) {
            Pod pod = it.serve();
            URI url = URI.create(it.cluster().model("model").get().getStatus().url());
            String address = it.cluster()
                    .client()
                    .services()
                    .inNamespace(it.cluster().namespace())
                    .withName("model")
                    .require()
                    .getSpec()
                    .getClusterIP();

            assertThat(it.cluster().shell(pod, "getent hosts " + url.getHost())).startsWith(address + " ");
            assertThat(it.cluster().shell(pod, get(url))).startsWith("HTTP/1.").contains(" 200 ", "\"id\":\"model\"");
        }
    }

    /** The image has no client but its shell. */
    private static String get(URI url) {
        return """
                bash -c 'exec 3<>/dev/tcp/%s/%d
                printf "GET %s/models HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n" >&3
                timeout 10 cat <&3'
                """.formatted(url.getHost(), url.getPort(), url.getPath(), url.getAuthority());
    }
}
