package dev.plimsoll.operator.desired;

import dev.plimsoll.api.status.Reason;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where {@code model.uri} points. */
public sealed interface ModelLocation {
    /** A folder of a PersistentVolumeClaim; an empty path is all of it. */
    record Claim(String name, String path) implements ModelLocation {}

    /** A folder of the node. */
    record NodeFolder(String path) implements ModelLocation {}

    /** Something that this operator does not serve from. */
    record Refused(Reason reason, String message) implements ModelLocation {}

    /**
     * Reads a URI.
     *
     * @param fileRoot folder below which node folders are allowed
     */
    static ModelLocation of(String uri, Optional<String> fileRoot) {
        if (uri.startsWith("pvc://")) {
            String rest = uri.substring("pvc://".length());
            int slash = rest.indexOf('/');
            return slash < 0
                    ? new Claim(rest, "")
                    : new Claim(rest.substring(0, slash), trim(rest.substring(slash + 1)));
        }
        if (uri.startsWith("file:///")) {
            return nodeFolder("/" + trim(uri.substring("file:///".length())), fileRoot.orElse(null));
        }
        return new Refused(Reason.SourceNotAllowed, "model.uri " + uri + " is not implemented: use pvc://CLAIM/PATH");
    }

    private static ModelLocation nodeFolder(String path, @Nullable String root) {
        if (root == null) {
            return new Refused(
                    Reason.SourceNotAllowed,
                    "model.uri file://" + path + " is not allowed by this operator: use pvc://CLAIM/PATH, or have its"
                            + " administrator set PLIMSOLL_FILE_ROOT");
        }
        return isBelow(path, root)
                ? new NodeFolder(path)
                : new Refused(
                        Reason.SourceNotAllowed,
                        "model.uri file://" + path + " is outside of " + root
                                + ", the only folder that this operator allows: move the model below it");
    }

    /** A path may hold what no file system takes, such as a NUL. */
    private static boolean isBelow(String path, String root) {
        try {
            return Path.of(path).normalize().startsWith(Path.of(root).normalize());
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static String trim(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
