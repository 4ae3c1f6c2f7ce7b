package dev.plimsoll.operator.reconciler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the API server was asked for by the operator's service account, from its own audit log. */
final class AuditLog {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String user;

    /**
     * One request.
     *
     * @param resource {@code group/resource[/subresource]}
     */
    record Request(String verb, String resource, String name, int code, Instant at) {
        boolean isWrite() {
            return Set.of("create", "update", "patch", "delete").contains(verb);
        }
    }

    AuditLog(Path file, String user) {
        this.file = file;
        this.user = user;
    }

    List<Request> requests() {
        List<Request> requests = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.endsWith("}")) {
                    JsonNode event = JSON.readTree(line);
                    if (event.path("user").path("username").asText().equals(user) && event.has("objectRef")) {
                        requests.add(request(event));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return requests;
    }

    private static Request request(JsonNode event) {
        JsonNode of = event.path("objectRef");
        String subresource = of.path("subresource").asText();
        return new Request(
                event.path("verb").asText(),
                of.path("apiGroup").asText() + "/" + of.path("resource").asText()
                        + (subresource.isEmpty() ? "" : "/" + subresource),
                of.path("name").asText(),
                event.path("responseStatus").path("code").asInt(),
                Instant.parse(event.path("stageTimestamp").asText()));
    }

    /** Each right that a request took, as {@code verb group/resource}; what everybody has is left out. */
    Set<String> rights() {
        Set<String> rights = new TreeSet<>();
        for (Request request : requests()) {
            if (!request.resource().startsWith("authorization.k8s.io/")) {
                rights.add(request.verb() + " " + request.resource());
                if (request.verb().equals("patch") && request.code() == 201) {
                    rights.add("create " + request.resource());
                }
            }
        }
        return rights;
    }

    /** What rules give, in the same words. */
    static Set<String> rights(Collection<PolicyRule> rules) {
        Set<String> rights = new TreeSet<>();
        rules.forEach(
                rule -> rule.getVerbs().forEach(verb -> rule.getApiGroups().forEach(group -> rule.getResources()
                        .forEach(resource -> rights.add(verb + " " + group + "/" + resource)))));
        return rights;
    }
}
