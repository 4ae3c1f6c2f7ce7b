package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Reports through the API server, where the operator is told to have them so: with the right to it, and without. */
@Isolated
class ReportProxyE2E {
    private static final String COMPONENT = "../manifests/components/report-proxy/";
    private static final Pattern PROXIED = Pattern.compile(
            "(?m)^apiserver_request_total\\{(?=[^}]*code=\"200\")(?=[^}]*resource=\"pods\")(?=[^}]*subresource=\"proxy\")");

    @Test
    void takesARightThatIsNamedWhereItIsMissing() throws Exception {
        try (Topology it = new Topology("e2e-report-proxy")) {
            it.serve();
            via(it.cluster(), "=ApiServerProxy");
            try {
                Seen refused = it.journal().await("that it is refused", seen -> seen.is("Ready", "Unknown"));
                assertThat(refused.reason("Ready")).isEqualTo("ReportRejected");
                assertThat(refused.message("Ready")).contains("403", "manifests/components/report-proxy");
                Kubectl.run(it.cluster(), "apply", "-f", COMPONENT + "role.yaml", "-f", COMPONENT + "binding.yaml");
                it.journal().await("that it is told", refused.at(), seen -> seen.is("Ready", "True", "AsSpecified"));
                assertThat(PROXIED.matcher(it.cluster().client().raw("/metrics"))
                                .find())
                        .as("answers through the proxy")
                        .isTrue();
            } finally {
                Kubectl.run(
                        it.cluster(),
                        "delete",
                        "--ignore-not-found",
                        "-f",
                        COMPONENT + "role.yaml",
                        "-f",
                        COMPONENT + "binding.yaml");
                via(it.cluster(), "-");
            }
            it.awaitServing();
        }
    }

    private static void via(Cluster cluster, String value) throws Exception {
        String operator = "deployment/plimsoll-operator";
        Kubectl.run(cluster, "-n", "plimsoll-system", "set", "env", operator, "PLIMSOLL_REPORTS_VIA" + value);
        Kubectl.run(cluster, "-n", "plimsoll-system", "rollout", "status", operator, "--timeout=120s");
    }
}
