package dev.plimsoll.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others add is theirs; what is desired must be there as it is desired. */
class DriftTest {
    private static final String DESIRED = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: m, labels: {a: b}}
            spec:
              replicas: 2
              template:
                spec:
                  containers:
                  - name: server
                    image: x
                    env: [{name: A, value: "1"}, {name: B, value: "2"}]
                    resources: {limits: {memory: 1Gi}}
            """;
    private static final String LIVE = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: m, uid: u, labels: {a: b, theirs: c}, annotations: {revision: "1"}}
            spec:
              replicas: 2
              progressDeadlineSeconds: 600
              template:
                spec:
                  containers:
                  - {name: injected, image: y}
                  - name: server
                    image: x
                    env: [{name: THEIRS, value: "3"}, {name: B, value: "2"}, {name: A, value: "1"}]
                    resources: {limits: {memory: 1Gi}}
            status: {replicas: 2}
            """;

    @Test
    void whatOthersAddIsNoDrift() {
        assertThat(drifts(LIVE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "image: x, image: z",
        "replicas: 2, replicas: 3",
        "'{name: B, value: \"2\"}', '{name: B, value: \"4\"}'",
        "memory: 1Gi, memory: 2Gi",
        "a: b, a: c",
        "name: server, name: renamed"
    })
    void anotherValueIsDrift(String was, String is) {
        assertThat(LIVE).contains(was);
        assertThat(drifts(LIVE.replace(was, is))).isTrue();
    }

    @Test
    void whatIsDesiredNoMoreIsDriftByTheDigest() {
        Deployment before = Drift.stamped(read(DESIRED.replace("replicas: 2", "replicas: 2\n  paused: true")));
        Deployment live = read(Serialization.asYaml(before));
        assertThat(Drift.of(before, live)).isFalse();
        assertThat(Drift.of(Drift.stamped(read(DESIRED)), live)).isTrue();
    }

    private static boolean drifts(String live) {
        return Drift.of(read(DESIRED), read(live));
    }

    private static Deployment read(String yaml) {
        return Serialization.unmarshal(yaml, Deployment.class);
    }
}
