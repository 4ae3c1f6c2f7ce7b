package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps objects without their managed fields, which are often most of them, without annotations that are not the
 * operator's own, which anybody may fill with 256 KiB, and without what else nobody reads.
 */
final class LeanStore<R extends HasMetadata> extends BasicItemStore<R> {
    private static final Set<String> OURS = Set.of(Labels.APPLIED, Labels.HISTORY, Labels.RESTARTED_AT);

    private final Consumer<R> strip;

    LeanStore() {
        this(object -> {});
    }

    private LeanStore(Consumer<R> strip) {
        super(Cache::metaNamespaceKeyFunc);
        this.strip = strip;
    }

    /** Of claims it is only known that they are there. */
    static LeanStore<PersistentVolumeClaim> withoutSpec() {
        return new LeanStore<>(claim -> {
            claim.setSpec(null);
            claim.getMetadata().setLabels(null);
        });
    }

    @Override
    public R put(String key, R object) {
        object.getMetadata().setManagedFields(null);
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        if (annotations != null) {
            annotations.keySet().retainAll(OURS);
        }
        strip.accept(object);
        return super.put(key, object);
    }
}
