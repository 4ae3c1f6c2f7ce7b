package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.judgement.ApplyFailure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.function.Supplier;

/** An object could not be written: evidence, which is told, and tried again. */
final class ObjectRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ApplyFailure failure;

    ObjectRefused(ApplyFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    ApplyFailure failure() {
        return failure;
    }

    /** Writes an object; what the API server says of it becomes evidence. */
    static <T> T write(HasMetadata object, Supplier<T> write) throws ObjectRefused {
        try {
            return write.get();
        } catch (KubernetesClientException e) {
            throw new ObjectRefused(ApplyRefusal.of(object, e));
        }
    }
}
