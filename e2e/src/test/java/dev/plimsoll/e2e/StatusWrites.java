package dev.plimsoll.e2e;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often anybody has asked the API server to write the status of a ModelDeployment, whether or not that changed it,
 * by the API server's own count since its start.
 */
record StatusWrites(long requests) {
    private static final Pattern WRITES = Pattern.compile(
            "(?m)^apiserver_request_total\\{(?=[^}]*resource=\"modeldeployments\")(?=[^}]*subresource=\"status\")(?=[^}]*verb=\"(?:APPLY|PATCH|PUT)\")"
                    + "[^}]*\\} (\\S+)$");

    static StatusWrites count(Cluster cluster) {
        Matcher lines = WRITES.matcher(cluster.client().raw("/metrics"));
        double requests = 0;
        while (lines.find()) {
            requests += Double.parseDouble(lines.group(1));
        }
        return new StatusWrites((long) requests);
    }

    long since(StatusWrites before) {
        return requests - before.requests();
    }
}
