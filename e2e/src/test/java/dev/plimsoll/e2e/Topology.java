package dev.plimsoll.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;

/** A namespace with one ModelDeployment, {@code model}, of a tiny model, whose life is written down. */
final class Topology implements AutoCloseable {
    private final Cluster cluster;
    private final TinyModel model;
    private final Journal journal;

    Topology(String namespace) throws IOException {
        cluster = new Cluster(namespace);
        model = new TinyModel(cluster);
        journal = new Journal(cluster, "model");
    }

    Cluster cluster() {
        return cluster;
    }

    TinyModel model() {
        return model;
    }

    Journal journal() {
        return journal;
    }

    void apply() {
        cluster.apply("model", model.spec());
    }

    /** Applies the model and waits until it serves; its pod. */
    Pod serve() {
        apply();
        awaitServing();
        return cluster.onlyPod("model");
    }

    Seen awaitServing() {
        return journal.await("Ready", seen -> seen.is("Ready", "True", "AsSpecified"));
    }

    @Override
    public void close() throws IOException {
        journal.close();
        cluster.close();
        model.close();
    }
}
