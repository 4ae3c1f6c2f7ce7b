package dev.plimsoll.operator.page;

import java.util.List;
import java.util.Map;

/** Who asks, as the API server knows them. */
record Visitor(String user, String uid, List<String> groups, Map<String, List<String>> extra) {
    Visitor {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }
}
