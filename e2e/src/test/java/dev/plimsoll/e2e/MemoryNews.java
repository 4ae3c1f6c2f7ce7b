package dev.plimsoll.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.HashMap;
import java.util.Map;

/** Whether a status says nothing new but that memory is more than 32 MiB, and more than 3 %, away from what it said. */
final class MemoryNews {
    private static final long BYTES = 32L << 20;
    private static final double PART = 0.03;

    private MemoryNews() {}

    static boolean isAll(JsonNode before, JsonNode after) {
        Map<String, Double> then = new HashMap<>();
        Map<String, Double> now = new HashMap<>();
        JsonNode restThen = without(before, then);
        JsonNode restNow = without(after, now);
        return restThen.equals(restNow)
                && then.keySet().equals(now.keySet())
                && then.keySet().stream().anyMatch(figure -> isFar(then.get(figure), now.get(figure)));
    }

    private static boolean isFar(double then, double now) {
        return Math.abs(now - then) > Math.max(BYTES, PART * then);
    }

    /** The rest of a status, whose figures go to {@code figures}, in bytes. */
    private static JsonNode without(JsonNode status, Map<String, Double> figures) {
        JsonNode rest = status.deepCopy();
        for (JsonNode pod : rest.path("pods")) {
            take(pod.path("host"), pod.path("uid").asText() + " host ", figures);
            for (JsonNode device : pod.path("devices")) {
                String name =
                        pod.path("uid").asText() + " " + device.path("name").asText() + " ";
                take(device.path("measured"), name, figures);
                ((ObjectNode) device).remove("predictionError");
            }
        }
        if (rest.path("summary") instanceof ObjectNode summary) {
            summary.remove("gpuMemory");
            summary.remove("hostMemory");
        }
        for (JsonNode condition : rest.path("conditions")) {
            if (condition.path("type").asText().equals("WithinMemoryBudget")) {
                ((ObjectNode) condition).remove("message");
            }
        }
        return rest;
    }

    private static void take(JsonNode amounts, String whose, Map<String, Double> figures) {
        if (amounts instanceof ObjectNode object) {
            object.properties().forEach(amount -> {
                if (!amount.getKey().equals("source") && !amount.getKey().equals("budget")) {
                    figures.put(
                            whose + amount.getKey(),
                            Quantity.getAmountInBytes(
                                            new Quantity(amount.getValue().asText()))
                                    .doubleValue());
                }
            });
            object.removeAll();
        }
    }
}
