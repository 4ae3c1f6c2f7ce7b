package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import org.junit.jupiter.api.Test;

/** What of an object is kept does not grow with what others write into it. */
class LeanStoreTest {
    @Test
    void onlyTheOperatorsOwnAnnotationIsKept() {
        LeanStore<Service> store = new LeanStore<>();
        store.put(
                "default/m",
                new ServiceBuilder()
                        .withNewMetadata()
                        .withName("m")
                        .addToLabels("a", "b")
                        .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}".repeat(10_000))
                        .addToAnnotations(Labels.APPLIED, "digest")
                        .withManagedFields(new ManagedFieldsEntry())
                        .endMetadata()
                        .build());
        var kept = store.get("default/m").getMetadata();
        assertThat(kept.getAnnotations()).containsOnlyKeys(Labels.APPLIED);
        assertThat(kept.getLabels()).containsOnlyKeys("a");
        assertThat(kept.getManagedFields()).isNullOrEmpty();
    }

    @Test
    void ofAClaimIsKeptThatItIsThere() {
        var store = LeanStore.withoutSpec();
        store.put(
                "default/c",
                new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("c")
                        .addToLabels("a", "b")
                        .addToAnnotations("x", "y")
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeName("v")
                        .endSpec()
                        .build());
        var kept = store.get("default/c");
        assertThat(kept.getMetadata().getName()).isEqualTo("c");
        assertThat(kept.getSpec()).isNull();
        assertThat(kept.getMetadata().getLabels()).isNullOrEmpty();
        assertThat(kept.getMetadata().getAnnotations()).isNullOrEmpty();
    }
}
