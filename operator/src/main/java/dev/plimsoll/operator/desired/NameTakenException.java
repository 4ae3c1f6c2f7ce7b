package dev.plimsoll.operator.desired;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** An object of the name that a ModelDeployment needs exists and is somebody else's. */
public final class NameTakenException extends RuntimeException {
    NameTakenException(HasMetadata wanted) {
        super(wanted.getKind() + " " + wanted.getMetadata().getName() + " of namespace "
                + wanted.getMetadata().getNamespace()
                + " exists and belongs to somebody else: remove it, or give the ModelDeployment another name");
    }
}
