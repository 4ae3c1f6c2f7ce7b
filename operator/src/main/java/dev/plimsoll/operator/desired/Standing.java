package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose an object is that stands under the name of a desired one. Never by the name alone. */
public sealed interface Standing {
    /** None stands. */
    record Absent() implements Standing {}

    /** The ModelDeployment's own, by UID. */
    record Ours(String uid) implements Standing {}

    /** Nobody owns it, and its labels and its field manager say that this operator made it: it was orphaned. */
    record Orphaned(String uid) implements Standing {}

    /** Of an earlier ModelDeployment of this name: the garbage collector is about to remove it. */
    record Leftover(String ownerUid) implements Standing {}

    /** Somebody else's. */
    record Foreign(String owner) implements Standing {}

    Set<String> MANAGERS = Set.of("plimsoll-operator", "modeldeployment");

    /** Judges an object; its managed fields must be there. */
    static Standing of(ModelDeployment model, @Nullable HasMetadata object) {
        if (object == null) {
            return new Absent();
        }
        ObjectMeta meta = object.getMetadata();
        List<OwnerReference> owners = Objects.requireNonNullElse(meta.getOwnerReferences(), List.of());
        if (isOwnedBy(model, owners)) {
            return new Ours(meta.getUid());
        }
        Optional<OwnerReference> earlier = owners.stream()
                .filter(owner -> isSameKind(model, owner)
                        && owner.getName().equals(model.getMetadata().getName()))
                .findFirst();
        if (earlier.isPresent()) {
            return new Leftover(earlier.get().getUid());
        }
        Optional<OwnerReference> controller = owners.stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
        if (controller.isPresent()) {
            return new Foreign(
                    controller.get().getKind() + " " + controller.get().getName());
        }
        return isMadeByUs(model, meta) ? new Orphaned(meta.getUid()) : new Foreign("somebody else");
    }

    /** Whether the object's owner is the ModelDeployment, by UID. */
    static boolean isOwnedBy(ModelDeployment model, List<OwnerReference> owners) {
        String uid = model.getMetadata().getUid();
        return owners.stream().anyMatch(owner -> owner.getUid().equals(uid));
    }

    /** Of the same kind and group, in whichever version. */
    private static boolean isSameKind(ModelDeployment model, OwnerReference owner) {
        return owner.getKind().equals(model.getKind()) && owner.getApiVersion().startsWith(ModelDeployment.GROUP + "/");
    }

    private static boolean isMadeByUs(ModelDeployment model, ObjectMeta meta) {
        Map<String, String> labels = Objects.requireNonNullElse(meta.getLabels(), Map.of());
        List<ManagedFieldsEntry> managed = Objects.requireNonNullElse(meta.getManagedFields(), List.of());
        return Labels.areOf(model.getMetadata().getName(), labels)
                && managed.stream()
                        .anyMatch(
                                entry -> MANAGERS.contains(entry.getManager()) && "Apply".equals(entry.getOperation()));
    }
}
