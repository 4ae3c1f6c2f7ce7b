package dev.plimsoll.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operator's own settings; each is an environment variable, such as {@code PLIMSOLL_SERVER_IMAGE}. */
@ConfigMapping(prefix = "plimsoll")
public interface OperatorConfig {
    /** Image of the model server. */
    @WithDefault("plimsoll/model-server:0.1.0")
    String serverImage();

    /**
     * Namespaces whose ModelDeployments are this operator's, with commas between them; without it all of the cluster.
     * Rights in those namespaces are then enough.
     */
    Optional<List<String>> watchNamespaces();

    /**
     * Folder of the nodes from which {@code file:///} models may be read; without it they are refused. Their pods mount
     * it as hostPath, which a namespace with baseline or restricted Pod Security forbids.
     */
    Optional<String> fileRoot();

    /** Bytes of each emulated GPU, as a quantity; without it {@code plimsoll.dev/emulated-gpu} has no devices. */
    @WithDefault("1Gi")
    String emulatedGpu();

    /** CPU that a server pod requests. */
    @WithDefault("500m")
    String serverCpu();

    /** How often a pod that does not serve yet is asked for its report. */
    @WithDefault("PT1S")
    Duration pollLoading();

    /** How often a pod that serves is asked for its report. */
    @WithDefault("PT5S")
    Duration pollServing();

    /** A report older than this is not believed any more. */
    @WithDefault("PT20S")
    Duration stale();

    /** Deployments that are upgraded at once where a newer operator brings a newer server image. */
    @WithDefault("1")
    int rolloutsAtOnce();

    /** How reports are had. */
    Reports reports();

    /** Which of several operators works. */
    Lease lease();

    /** The read-only page. */
    Page page();

    /** How reports are had. */
    interface Reports {
        /**
         * {@code PodIP} asks pods themselves. {@code ApiServerProxy} goes through the API server's pod proxy, for
         * clusters whose pods the operator cannot reach; it takes a right that the operator's role does not give.
         */
        @WithDefault("PodIP")
        Via via();

        /** Within this a pod must have answered completely. */
        @WithDefault("PT3S")
        Duration deadline();
    }

    /** The route to a pod. */
    enum Via {
        PodIP,
        ApiServerProxy
    }

    /** UID of this operator's pod, which owns the Lease of its life; without it nothing collects that. */
    Optional<String> podUid();

    /**
     * The Lease {@code plimsoll-operator}, which the operator that works renews, and one of each operator's own, which it
     * renews while it lives.
     */
    interface Lease {
        /** Where the Leases are; default: the operator's own namespace. */
        Optional<String> namespace();

        /** An operator that has not renewed the Lease for so long is replaced by another one. */
        @WithDefault("PT15S")
        Duration duration();

        /** An operator that has not renewed its own Lease for so long does not live any more. */
        @WithDefault("PT40S")
        Duration life();
    }

    /** The read-only page at {@code /page/}; it takes rights that the operator's role does not give. */
    interface Page {
        /** Whether there is one. */
        @WithDefault("false")
        boolean enabled();

        /** How long an answer of the API server counts, of whose a token is and what they may see. */
        @WithDefault("PT10S")
        Duration reliedUpon();

        /** A proxy before the page that knows who asks. */
        Proxy proxy();

        /** Whom it names in headers is believed where it sends the secret, too. */
        interface Proxy {
            /** A file with secrets, a line each, one of which the proxy sends; without it no header is believed. */
            Optional<String> secretFile();

            /** The header that names the user. */
            @WithDefault("X-Forwarded-User")
            String userHeader();

            /** The header that names the user's groups, between commas. */
            @WithDefault("X-Forwarded-Groups")
            String groupsHeader();
        }
    }
}
