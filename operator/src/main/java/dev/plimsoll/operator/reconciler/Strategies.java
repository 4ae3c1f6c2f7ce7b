package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.RolloutStrategy;
import dev.plimsoll.operator.nodes.Choice;
import dev.plimsoll.operator.nodes.Room;
import dev.plimsoll.operator.rollout.Revision;
import dev.plimsoll.operator.rollout.Strategy;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.util.Optional;

/** How the pods of a rollout are to be replaced: asked once, when it begins, and kept with it. */
@Singleton
class Strategies {
    private final WatchedNamespaces namespaces;
    private final NodeLister lister;

    Strategies(WatchedNamespaces namespaces, NodeLister lister) {
        this.namespaces = namespaces;
        this.lister = lister;
    }

    Choice choose(ModelDeployment model, Revision wanted, Optional<Revision> standing) {
        RolloutStrategy asked = model.getSpec().rolloutOrDefault().strategy();
        if (asked.equals(RolloutStrategy.Surge)) {
            return Choice.asked(Strategy.SURGE);
        }
        if (asked.equals(RolloutStrategy.Replace)) {
            return Choice.asked(Strategy.REPLACE);
        }
        if (standing.isEmpty()
                || model.getSpec().replicas() == 0
                || model.getSpec().suspended()) {
            return Choice.nothingToReplace();
        }
        if (!wanted.template().getSpec().getResourceClaims().isEmpty()) {
            return Choice.unknownRoom("its GPUs are claimed by device class");
        }
        if (!namespaces.all()) {
            return Choice.unknownRoom("the operator sees only the pods of the namespaces that it watches");
        }
        NodeLister.Nodes nodes = lister.nodes();
        if (nodes.failure() != null) {
            return Choice.unknownRoom(nodes.failure());
        }
        PodSpec pod = wanted.template().getSpec();
        try {
            return Choice.byRoom(pod, Room.forOneMore(pod, nodes.items(), lister.pods()));
        } catch (KubernetesClientException e) {
            return Choice.unknownRoom(SingleLine.of(ApplyRefusal.words(e)));
        }
    }
}
