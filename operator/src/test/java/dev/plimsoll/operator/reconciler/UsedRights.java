package dev.plimsoll.operator.reconciler;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Notes each right that requests of a client need, as {@code verb group/resource}. */
final class UsedRights implements Interceptor {
    private static final Pattern PATH = Pattern.compile("/apis?(?:/(?<group>[^/]+\\.[^/]+|apps))?/v1[^/]*"
            + "(?:/namespaces/[^/]+)?/(?<resource>[^/]+)(?<name>/[^/]+)?(?:/(?<subresource>[^/]+))?");

    private final Set<String> rights = new ConcurrentSkipListSet<>();

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        note(request, named -> verb(request, named));
    }

    /** What is applied and not there is created: that takes a right of its own. */
    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (request.method().equals("PATCH") && response.code() == HttpURLConnection.HTTP_CREATED) {
            note(request, named -> "create");
        }
    }

    private void note(HttpRequest request, Function<Boolean, String> verb) {
        Matcher path = PATH.matcher(request.uri().getPath());
        if (path.matches()) {
            String subresource = path.group("subresource");
            rights.add(verb.apply(path.group("name") != null) + " "
                    + Objects.requireNonNullElse(path.group("group"), "") + "/" + path.group("resource")
                    + (subresource == null ? "" : "/" + subresource));
        }
    }

    private static String verb(HttpRequest request, boolean named) {
        String query = Objects.requireNonNullElse(request.uri().getQuery(), "");
        return switch (request.method()) {
            case "GET" -> query.contains("watch=true") ? "watch" : named ? "get" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            default -> request.method().toLowerCase(java.util.Locale.ROOT);
        };
    }

    Set<String> rights() {
        return Set.copyOf(rights);
    }

    /** What a role gives, in the same words. */
    static Set<String> of(ClusterRole role) {
        Set<String> rights = new TreeSet<>();
        role.getRules().forEach(rule -> rule.getVerbs()
                .forEach(verb -> rule.getApiGroups().forEach(group -> rule.getResources()
                        .forEach(resource -> rights.add(verb + " " + group + "/" + resource)))));
        return rights;
    }
}
