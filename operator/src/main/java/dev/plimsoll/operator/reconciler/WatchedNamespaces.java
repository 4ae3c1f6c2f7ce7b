package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.OperatorConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The namespaces whose ModelDeployments are the operator's; those of the whole cluster where none is named. */
@Singleton
class WatchedNamespaces {
    /** A DNS label, see RFC 1123. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private final Set<String> names;

    @Inject
    WatchedNamespaces(OperatorConfig config) {
        this(config.watchNamespaces().orElse(List.of()));
    }

    /** @throws IllegalArgumentException where a name is none of a namespace */
    WatchedNamespaces(Collection<String> given) {
        names = new TreeSet<>();
        for (String text : given) {
            String name = text.strip();
            if (!name.isEmpty() && !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("PLIMSOLL_WATCH_NAMESPACES: \"" + name
                        + "\" is no name of a namespace: name namespaces with commas between them,"
                        + " or none for all of the cluster");
            }
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
    }

    /** Whether the operator is for the whole cluster. */
    boolean all() {
        return names.isEmpty();
    }

    /** In order; none where they are all. */
    Set<String> names() {
        return Set.copyOf(names);
    }
}
