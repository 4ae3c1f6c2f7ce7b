package dev.plimsoll.operator.desired;

import dev.plimsoll.api.CaBundle;
import dev.plimsoll.api.ModelDeploymentSpec;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSourceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a server reads and writes: the checkpoint, room of its own, keys and certificates. */
final class ServerVolumes {
    static final String MODEL_FOLDER = "/model";
    static final String SCRATCH_FOLDER = "/scratch";
    static final String API_KEYS_FOLDER = "/api-keys";
    private static final String CA_FOLDER = "/ca-bundle";
    private static final int READABLE = 0444;
    private static final Quantity TMP_SIZE = new Quantity("256Mi");

    private final ModelDeploymentSpec spec;
    private final ModelLocation location;

    ServerVolumes(ModelDeploymentSpec spec, ModelLocation location) {
        this.spec = spec;
        this.location = location;
    }

    /** Where the container finds the certificates. */
    static String caFile(CaBundle bundle) {
        return CA_FOLDER + "/" + bundle.key();
    }

    List<VolumeMount> mounts() {
        List<VolumeMount> mounts = new ArrayList<>();
        mounts.add(readOnly("model", MODEL_FOLDER));
        mounts.add(mount("tmp", "/tmp"));
        if (spec.memory().disk() != null) {
            mounts.add(mount("scratch", SCRATCH_FOLDER));
        }
        if (spec.serving().apiKeys() != null) {
            mounts.add(readOnly("api-keys", API_KEYS_FOLDER));
        }
        if (spec.serverOrDefault().sharedMemory() != null) {
            mounts.add(mount("shared-memory", "/dev/shm"));
        }
        if (spec.serverOrDefault().caBundle() != null) {
            mounts.add(readOnly("ca-bundle", CA_FOLDER));
        }
        return mounts;
    }

    List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        volumes.add(model());
        volumes.add(emptyFolder("tmp", TMP_SIZE, null));
        if (spec.memory().disk() != null) {
            volumes.add(emptyFolder("scratch", spec.memory().disk(), null));
        }
        if (spec.serving().apiKeys() != null) {
            volumes.add(new VolumeBuilder()
                    .withName("api-keys")
                    .withNewSecret()
                    .withSecretName(spec.serving().apiKeys().name())
                    .withDefaultMode(READABLE)
                    .endSecret()
                    .build());
        }
        Quantity sharedMemory = spec.serverOrDefault().sharedMemory();
        if (sharedMemory != null) {
            volumes.add(emptyFolder("shared-memory", sharedMemory, "Memory"));
        }
        CaBundle authorities = spec.serverOrDefault().caBundle();
        if (authorities != null) {
            volumes.add(new VolumeBuilder()
                    .withName("ca-bundle")
                    .withNewConfigMap()
                    .withName(authorities.configMap())
                    .withDefaultMode(READABLE)
                    .addNewItem()
                    .withKey(authorities.key())
                    .withPath(authorities.key())
                    .endItem()
                    .endConfigMap()
                    .build());
        }
        return volumes;
    }

    private Volume model() {
        VolumeBuilder volume = new VolumeBuilder().withName("model");
        return switch (location) {
            case ModelLocation.Claim claim ->
                volume.withNewPersistentVolumeClaim()
                        .withClaimName(claim.name())
                        .withReadOnly(true)
                        .endPersistentVolumeClaim()
                        .build();
            case ModelLocation.NodeFolder folder ->
                volume.withNewHostPath()
                        .withPath(folder.path())
                        .withType("Directory")
                        .endHostPath()
                        .build();
            case ModelLocation.Refused refused -> throw new IllegalStateException(refused.message());
        };
    }

    private static VolumeMount mount(String name, String path) {
        return new VolumeMountBuilder().withName(name).withMountPath(path).build();
    }

    private static VolumeMount readOnly(String name, String path) {
        return new VolumeMountBuilder(mount(name, path)).withReadOnly(true).build();
    }

    private static Volume emptyFolder(String name, Quantity size, @Nullable String medium) {
        return new VolumeBuilder()
                .withName(name)
                .withEmptyDir(new EmptyDirVolumeSourceBuilder()
                        .withMedium(medium)
                        .withSizeLimit(Canonical.bytes(size))
                        .build())
                .build();
    }
}
