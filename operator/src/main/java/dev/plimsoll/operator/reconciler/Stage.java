package dev.plimsoll.operator.reconciler;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** What stands of a ModelDeployment's objects, as far as the caches know. */
interface Stage {
    /** Whether objects of this kind are in the caches at all; the API server is asked for others. */
    boolean isWatched(HasMetadata wanted);

    /** The object of the kind and name of {@code wanted}. */
    Optional<HasMetadata> live(HasMetadata wanted);

    /** What the API server answered, which the caches may learn of later. */
    void applied(HasMetadata object);
}
