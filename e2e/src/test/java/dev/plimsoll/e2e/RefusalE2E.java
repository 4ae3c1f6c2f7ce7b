package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A budget that cannot hold the model is refused before a weight is read, and the refusal says what would fit. */
class RefusalE2E {
    private static final String SPEC = """
            model: {uri: "pvc://models/SmolLM2-135M-Instruct"}
            dtype: Float32
            memory: {gpu: %s, host: 2Gi}
            gpu: {resourceName: plimsoll.dev/emulated-gpu}
            serving: {maxSequences: 1, maxSequenceTokens: 256}
            """;

    @Test
    void whatItSuggestsFits() {
        try (Cluster cluster = new Cluster("e2e-refusal")) {
            cluster.apply("refused", SPEC.formatted("128Mi"));
            Condition fits = cluster.awaitIs("refused", ConditionType.Fits, ConditionStatus.False);
            assertThat(fits.reason()).isEqualTo(Reason.GpuBudgetTooSmall);
            assertThat(fits.message())
                    .startsWith("gpu:0 needs ")
                    .contains("may use 128Mi", "weights 513Mi", "KV cache", "workspace", "context", "Would fit:");
            assertThat(cluster.condition("refused", ConditionType.Ready)
                            .orElseThrow()
                            .reason())
                    .isEqualTo(Reason.GpuBudgetTooSmall);
            assertThat(cluster.condition("refused", ConditionType.ModelLoaded)
                            .orElseThrow()
                            .message())
                    .isEqualTo("nothing was read, because the plan does not fit");
            assertThat(cluster.model("refused").get().getStatus().pods()).isEmpty();
            assertThat(cluster.client()
                            .apps()
                            .deployments()
                            .inNamespace(cluster.namespace())
                            .list()
                            .getItems())
                    .as("nothing that is refused holds a GPU")
                    .isEmpty();
            assertThat(cluster.awaitEvents(Reason.GpuBudgetTooSmall)).containsExactly(fits.message());

            Matcher suggestion = Pattern.compile("memory\\.gpu (\\S+?)[;.]").matcher(fits.message());
            assertThat(suggestion.find()).as(fits.message()).isTrue();
            cluster.apply("refused", SPEC.formatted(suggestion.group(1)));
            cluster.awaitIs("refused", ConditionType.Ready, ConditionStatus.True);
        }
    }
}
