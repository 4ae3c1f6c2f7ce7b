package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.Standing;
import dev.plimsoll.operator.rollout.Revision;
import dev.plimsoll.operator.rollout.RevisionObject;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Revisions in the cluster: made once, never changed but for their history, removed when nobody needs them. */
@Singleton
class RevisionStore {
    private static final PatchContext MERGE = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(Applier.FIELD_MANAGER)
            .build();

    private final KubernetesClient client;

    RevisionStore(KubernetesClient client) {
        this.client = client;
    }

    /** Those of a ModelDeployment, by UID, in the order in which they were made. */
    List<Revision> of(ModelDeployment model, Caches caches) {
        return caches.revisions(model).stream()
                .filter(object -> Standing.isOwnedBy(
                        model, Objects.requireNonNullElse(object.getMetadata().getOwnerReferences(), List.of())))
                .flatMap(object -> RevisionObject.read(object).stream())
                .sorted(Comparator.comparingLong(Revision::number).thenComparing(Revision::key))
                .toList();
    }

    /** Makes it, unless it is there. */
    void create(ModelDeployment model, Revision revision, Caches caches) throws ObjectRefused {
        ControllerRevision object = RevisionObject.of(model, revision);
        object.getMetadata().setResourceVersion(Applier.ONLY_CREATE);
        try {
            caches.applied(
                    client.resource(object).fieldManager(Applier.FIELD_MANAGER).serverSideApply());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw new ObjectRefused(ApplyRefusal.of(object, e));
            }
            caches.applied(ours(model, RevisionObject.of(model, revision)));
        }
    }

    /** One of its name is there: ours, and the cache did not know yet; orphaned, and ours again; or somebody else's. */
    private ControllerRevision ours(ModelDeployment model, ControllerRevision wanted) throws ObjectRefused {
        ControllerRevision there =
                ObjectRefused.write(wanted, () -> client.resource(wanted).get());
        return switch (Standing.of(model, there)) {
            case Standing.Ours ignored -> Objects.requireNonNull(there);
            case Standing.Orphaned ignored ->
                patch(wanted, Map.of("ownerReferences", wanted.getMetadata().getOwnerReferences()));
            case Standing.Leftover(String owner) -> throw new ObjectRefused(ApplyRefusal.leftover(wanted, owner));
            case Standing.Foreign(String owner) -> throw new ObjectRefused(ApplyRefusal.taken(wanted, owner));
            case Standing.Absent ignored -> throw new ObjectRefused(ApplyRefusal.leftover(wanted, "unknown"));
        };
    }

    void keep(ModelDeployment model, Revision revision, Caches caches) throws ObjectRefused {
        ControllerRevision object = RevisionObject.of(model, revision);
        ControllerRevision kept = patch(
                object, Map.of("annotations", Map.of(Labels.HISTORY, RevisionObject.history(revision.history()))));
        caches.applied(kept);
    }

    private ControllerRevision patch(ControllerRevision object, Map<String, ?> metadata) throws ObjectRefused {
        String patch = client.getKubernetesSerialization().asJson(Map.of("metadata", metadata));
        return ObjectRefused.write(object, () -> client.resource(object).patch(MERGE, patch));
    }

    void remove(ModelDeployment model, Revision revision) {
        client.resource(RevisionObject.of(model, revision)).delete();
    }
}
