package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's container and what its pod needs of a cluster. Nothing of it lets a pod leave the restricted Pod Security
 * profile. Null is the default everywhere, so that a newer schema adds nothing to what is stored.
 *
 * @param image of the server; null means the operator's
 * @param imagePullPolicy {@code Always}, {@code IfNotPresent} or {@code Never}; null means {@code IfNotPresent}
 * @param imagePullSecrets credentials for the registry
 * @param serviceAccountName whose pull secrets and policies count; its token is never mounted
 * @param cpu request and limit
 * @param ephemeralStorage request and limit of what is written to the node beside {@code memory.disk}
 * @param sharedMemory size of {@code /dev/shm}, which counts in {@code memory.host}
 * @param env variables of the server
 * @param caBundle certificate authorities that the server trusts
 * @param terminationGracePeriodSeconds what a pod has to end, its drain included; null means {@value #DEFAULT_GRACE}
 */
@ValidationRule(
        value = "[has(self.ephemeralStorage) ? string(self.ephemeralStorage) : '1',"
                + " has(self.sharedMemory) ? string(self.sharedMemory) : '1']"
                + ".all(q, isQuantity(q) && !quantity(q).isLessThan(quantity('1'))"
                + " && !q.matches('" + Memory.FRACTION + "') && !quantity(q).isGreaterThan(quantity('1Pi')))",
        message = "server.ephemeralStorage and server.sharedMemory must be positive Kubernetes quantities of whole"
                + " bytes, at most 1Pi, such as 2Gi")
@ValidationRule(
        value = "!has(self.env) || self.env.all(e, !e.name.startsWith('PLIMSOLL_') && e.name != 'POD_UID')",
        fieldPath = ".env",
        message = "server.env may not hold PLIMSOLL_... or POD_UID: the operator sets them from the spec")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Server(
        @Size(min = 1, max = 512) @Pattern("^[^[:space:]]+$") @JsonPropertyDescription("""
                Image of the model server, best by digest. Default: the operator's own at the first rollout, kept \
                unless rollout.onOperatorUpgrade says otherwise.""") @Nullable
        String image,

        @InSchema(oneOf = {"Always", "IfNotPresent", "Never"})
        @JsonPropertyDescription("When the image is pulled. Default: IfNotPresent.")
        @Nullable
        String imagePullPolicy,

        @InSchema(key = "name", most = 16)
        @JsonPropertyDescription("Secrets of the same namespace with credentials for the registry.")
        @Nullable
        List<SecretReference> imagePullSecrets,

        @Size(max = 253) @Pattern(Scheduling.NAME) @JsonPropertyDescription("""
                ServiceAccount of the pods, for its pull secrets and for policies that go by it; no token of it is \
                mounted. Default: the namespace's default.""") @Nullable
        String serviceAccountName,

        @JsonPropertyDescription("CPUs of the server's container.") @Nullable
        Cpu cpu,

        @InSchema(longest = 32) @JsonPropertyDescription("""
                Request and limit of what the pod writes to its node: logs, /tmp and memory.disk. Default: none, \
                which a quota may refuse.""") @Nullable
        Quantity ephemeralStorage,

        @InSchema(longest = 32) @JsonPropertyDescription("""
                Size of /dev/shm, which is memory of the container and counts in memory.host. Default: the container \
                runtime's, 64Mi.""") @Nullable
        Quantity sharedMemory,

        @InSchema(key = "name", most = 64)
        @JsonPropertyDescription("Environment variables of the server, such as HTTPS_PROXY.")
        @Nullable
        List<EnvVariable> env,

        @JsonPropertyDescription("""
                Certificate authorities beside the image's own, mounted, and named to the server by SSL_CERT_FILE and \
                PLIMSOLL_CA_BUNDLE.""") @Nullable CaBundle caBundle,

        @Min(20) @Max(3600) @JsonPropertyDescription("""
                Seconds that a pod has to end: 5 for its endpoints to go, 10 for its process, and the rest for requests \
                that run. Default: 60.""") @Nullable
        Integer terminationGracePeriodSeconds) {

    public static final int DEFAULT_GRACE = 60;

    /** What a deployment that says nothing of its server gets. */
    public static final Server DEFAULT = new Server(null, null, null, null, null, null, null, null, null, null);

    /** What a pod has to end, said or not. */
    public int graceSeconds() {
        return Defaults.of(terminationGracePeriodSeconds, DEFAULT_GRACE);
    }
}
