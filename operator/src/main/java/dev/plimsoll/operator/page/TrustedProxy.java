package dev.plimsoll.operator.page;

import dev.plimsoll.operator.OperatorConfig;
import io.vertx.core.MultiMap;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A proxy that has asked people who they are, and proves by a shared secret that it is the one: without the secret its
 * headers are anybody's, and count for nothing. It speaks for no user or group of Kubernetes' own.
 */
@Singleton
class TrustedProxy {
    static final String SECRET = "X-Plimsoll-Proxy-Secret";
    private static final String RESERVED = "system:";

    private final OperatorConfig.Page.Proxy settings;

    TrustedProxy(OperatorConfig config) {
        settings = config.page().proxy();
    }

    Optional<Visitor> visitor(MultiMap headers) {
        String given = headers.get(SECRET);
        if (given == null || secrets().noneMatch(secret -> isSame(secret, given))) {
            return Optional.empty();
        }
        List<String> users = headers.getAll(settings.userHeader());
        if (users.size() != 1 || users.getFirst().isBlank() || users.getFirst().startsWith(RESERVED)) {
            throw NotAnswered.unauthenticated("The proxy must name one user in " + settings.userHeader()
                    + ", who is none of Kubernetes' own (system:...).");
        }
        return Optional.of(new Visitor(users.getFirst(), "", groups(headers), Map.of()));
    }

    private List<String> groups(MultiMap headers) {
        return Stream.concat(
                        headers.getAll(settings.groupsHeader()).stream()
                                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                                .map(String::strip)
                                .filter(group -> !group.isEmpty() && !group.startsWith(RESERVED)),
                        Stream.of("system:authenticated"))
                .distinct()
                .toList();
    }

    /** A line each, so that they can be exchanged; read each time, as the file changes with the Secret that it is of. */
    private Stream<String> secrets() {
        try {
            return settings.secretFile().isEmpty()
                    ? Stream.empty()
                    : Files.readString(Path.of(settings.secretFile().get()))
                            .lines()
                            .filter(line -> !line.isBlank());
        } catch (IOException e) {
            throw NotAnswered.unavailable("The operator cannot read the file of PLIMSOLL_PAGE_PROXY_SECRET_FILE.");
        }
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
