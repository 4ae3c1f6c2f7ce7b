package dev.plimsoll.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects and reports that the next version and the previous one have written. */
class VersionsTest {
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

    @Test
    void anObjectOfTheNextVersionIsReadAndItsWordsAreKept() throws IOException {
        ModelDeployment next = object("next");
        assertThat(next.getSpec().unknownValues())
                .containsExactly("dtype Float8", "placement.policy TensorParallel", "placement.offload Nvme");
        assertThat(next.getStatus().conditions())
                .extracting(condition -> condition.type() + " " + condition.reason())
                .containsExactly("Ready QuantizationFailed", "Quantized Int4");
        assertThat(next.getStatus().pods().getFirst().phase()).isEqualTo(new Phase("Quantizing"));
        JsonNode written = Serialization.unmarshal(Serialization.asJson(next), JsonNode.class);
        assertThat(written.at("/status/conditions/0/reason").asText()).isEqualTo("QuantizationFailed");
        assertThat(written.at("/status/pods/0/failure/reason").asText()).isEqualTo("QuantizationFailed");
        assertThat(written.at("/status/model/checkpoint/dtype").asText()).isEqualTo("Int4");
        assertThat(written.at("/spec/dtype").asText()).isEqualTo("Float8");
    }

    /** The schema says nothing of an affinity, so that anything may be stored as one. */
    @Test
    void anAffinityThatIsNoneIsReadAsFieldsThatNobodyKnows() {
        ModelDeployment odd = Serialization.unmarshal("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                spec:
                  model: {uri: pvc://models/x}
                  scheduling: {affinity: {nodeAffinity: [none], podAffinity: {}}}
                """, ModelDeployment.class);
        assertThat(odd.getSpec().unknownValues())
                .containsExactly(
                        "scheduling.affinity.nodeAffinity as it is written",
                        "scheduling.affinity.podAffinity as it is written");
        JsonNode written = Serialization.unmarshal(Serialization.asJson(odd), JsonNode.class);
        assertThat(written.at("/spec/scheduling/affinity/nodeAffinity/0").asText())
                .isEqualTo("none");
    }

    @Test
    void aReportOfTheNextVersionIsReadAndItsWordsAreKept() throws IOException {
        ReplicaReport next = report("next");
        assertThat(next.phase()).isEqualTo(new Phase("Quantizing"));
        assertThat(next.phase().isKnown()).isFalse();
        DeviceReport device = next.devices().getFirst();
        assertThat(device.kind()).isEqualTo(new DeviceReport.Kind("Tpu"));
        assertThat(Objects.requireNonNull(device.measured()).source()).isEqualTo(new DeviceReport.Source("LIBTPU"));
        assertThat(Objects.requireNonNull(next.failure()).reason()).isEqualTo(new Reason("QuantizationFailed"));
        JsonNode written = JSON.valueToTree(next);
        assertThat(written.at("/devices/0/measured/source").asText()).isEqualTo("LIBTPU");
        assertThat(written.at("/model/dtype").asText()).isEqualTo("Float8");
    }

    @Test
    void whatThePreviousVersionWroteIsRead() throws IOException {
        ModelDeployment previous = object("previous");
        assertThat(previous.getStatus().conditions().getFirst().reason()).isEqualTo(Reason.AsSpecified);
        assertThat(previous.getStatus().failedPods()).isNull();
        assertThat(previous.getSpec().unknownValues()).isEmpty();
        assertThat(report("previous").phase()).isEqualTo(Phase.Serving);
    }

    /** A constant whose name is not its word would be written under one name and read under none. */
    @ParameterizedTest
    @MethodSource
    void constantsAreNamedAfterTheirWords(Class<?> word) throws IllegalAccessException {
        var constants = Stream.of(word.getDeclaredFields())
                .filter(field -> field.getType() == word)
                .toList();
        assertThat(constants).isNotEmpty();
        for (var constant : constants) {
            assertThat(String.valueOf(constant.get(null))).isEqualTo(constant.getName());
        }
    }

    static Stream<Class<?>> constantsAreNamedAfterTheirWords() {
        return Stream.of(
                Dtype.class,
                OffloadTier.class,
                PlacementPolicy.class,
                RolloutStrategy.class,
                OperatorUpgrade.class,
                Rollback.class,
                SpecialTokensInContent.class,
                Phase.class,
                DeviceReport.Kind.class,
                DeviceReport.Source.class,
                ConditionType.class,
                Reason.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no such", "1st", "evil\nline", "Ends,", "Über"})
    void aConditionCarriesNoReasonThatKubernetesRefuses(String word) {
        assertThat(new Reason(word).isWellFormed()).isFalse();
        assertThat(new Reason("Quantization_Failed:Int4").isWellFormed()).isTrue();
    }

    private static ModelDeployment object(String version) throws IOException {
        try (InputStream file = open(version + "-object.yaml")) {
            return Serialization.unmarshal(file, ModelDeployment.class);
        }
    }

    private static ReplicaReport report(String version) throws IOException {
        try (InputStream file = open(version + "-report.json")) {
            return JSON.readValue(file, ReplicaReport.class);
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(VersionsTest.class.getResourceAsStream("/versions/" + name), name);
    }
}
