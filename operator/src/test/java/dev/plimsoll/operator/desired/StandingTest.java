package dev.plimsoll.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** Whose an object is follows from UIDs, and from who wrote it; a name proves nothing. */
class StandingTest {
    private static final ModelDeployment MODEL = Serialization.unmarshal("""
            apiVersion: plimsoll.dev/v1alpha1
            kind: ModelDeployment
            metadata: {name: m, namespace: ns, uid: uid-2}
            """, ModelDeployment.class);
    private static final String OURS = "{plimsoll.dev/deployment: m, app.kubernetes.io/managed-by: plimsoll-operator}";
    private static final String BY_US = "[{manager: plimsoll-operator, operation: Apply}]";
    private static final String OWNER = "[{apiVersion: %s, kind: %s, name: m, uid: %s, controller: %s}]";

    @Test
    void nothingStands() {
        assertThat(Standing.of(MODEL, null)).isInstanceOf(Standing.Absent.class);
    }

    @Test
    void theOwnersUidDecidesInWhicheverVersion() {
        assertThat(of("{}", OWNER.formatted("plimsoll.dev/v1alpha1", "ModelDeployment", "uid-2", true), "[]"))
                .isInstanceOf(Standing.Ours.class);
        assertThat(of("{}", OWNER.formatted("plimsoll.dev/v1beta1", "ModelDeployment", "uid-2", false), "[]"))
                .isInstanceOf(Standing.Ours.class);
    }

    @Test
    void whatAnEarlierOneOfTheNameOwnsWaitsForTheGarbageCollector() {
        assertThat(of(OURS, OWNER.formatted("plimsoll.dev/v1alpha1", "ModelDeployment", "uid-1", true), BY_US))
                .isEqualTo(new Standing.Leftover("uid-1"));
    }

    @Test
    void theSameKindOfAnotherGroupIsSomebodyElse() {
        assertThat(of(OURS, OWNER.formatted("other.dev/v1alpha1", "ModelDeployment", "uid-1", true), BY_US))
                .isEqualTo(new Standing.Foreign("ModelDeployment m"));
    }

    @Test
    void whatNobodyOwnsIsOursOnlyIfThisOperatorAppliedIt() {
        assertThat(of(OURS, "[]", BY_US)).isInstanceOf(Standing.Orphaned.class);
        assertThat(of(OURS, "[]", "[{manager: modeldeployment, operation: Apply}]"))
                .isInstanceOf(Standing.Orphaned.class);
        assertThat(of(OURS, "[]", "[{manager: kubectl, operation: Apply}]")).isInstanceOf(Standing.Foreign.class);
        assertThat(of(OURS, "[]", "[]")).isInstanceOf(Standing.Foreign.class);
        assertThat(of("{}", "[]", BY_US)).isInstanceOf(Standing.Foreign.class);
        assertThat(of(OURS.replace(": m", ": n"), "[]", BY_US)).isInstanceOf(Standing.Foreign.class);
    }

    private static Standing of(String labels, String owners, String managed) {
        return Standing.of(MODEL, Serialization.unmarshal("""
                apiVersion: v1
                kind: Service
                metadata: {name: m, namespace: ns, uid: uid-s, labels: %s, ownerReferences: %s, managedFields: %s}
                """.formatted(labels, owners, managed), Service.class));
    }
}
