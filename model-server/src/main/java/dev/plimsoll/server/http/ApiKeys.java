package dev.plimsoll.server.http;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.openai.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys that clients must show one of; none asks for none. Compared in a time that says nothing about them. */
final class ApiKeys {
    private static final String BEARER = "Bearer ";

    private final List<byte[]> digests;

    private ApiKeys(List<byte[]> digests) {
        this.digests = digests;
    }

    /** Clients need no key. */
    static ApiKeys none() {
        return new ApiKeys(List.of());
    }

    /**
     * The keys in a file, one a line, or in the files of a folder, as a Secret is mounted.
     *
     * @throws PlimsollException when there is none: a server that should ask for keys must not serve without
     */
    static ApiKeys of(Path path) {
        List<byte[]> digests = new ArrayList<>();
        try (Stream<Path> files = Files.isDirectory(path) ? Files.list(path) : Stream.of(path)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .forEach(line -> digests.add(digest(line)));
            }
        } catch (IOException e) {
            throw new PlimsollException(Reason.ReadFailed, "the API keys in " + path + " cannot be read: " + e, e);
        }
        if (digests.isEmpty()) {
            throw new PlimsollException(Reason.ReadFailed, "there are no API keys in " + path);
        }
        return new ApiKeys(digests);
    }

    /**
     * Checks what a client shows.
     *
     * @param authorization of its request; null when there is none
     * @return who it is, for turns; null where no keys are asked for
     * @throws ApiException when it is no key
     */
    @Nullable
    String client(@Nullable String authorization) {
        if (digests.isEmpty()) {
            return null;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw ApiException.unauthorized("an API key is needed, as in: Authorization: Bearer KEY");
        }
        byte[] shown = digest(authorization.substring(BEARER.length()).strip());
        boolean known = false;
        for (byte[] digest : digests) {
            known |= MessageDigest.isEqual(digest, shown);
        }
        if (!known) {
            throw ApiException.unauthorized("the API key is not one that is known here");
        }
        return "key " + HexFormat.of().formatHex(shown, 0, 8);
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
