package dev.plimsoll.operator.page.view;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is not as it should be, in the words of a condition.
 *
 * @param fixes changes of which each would do, where the message ends with such
 * @param help what the troubleshooting page says of the reason
 */
public record Trouble(
        String type,
        String reason,
        String message,
        List<String> fixes,
        @Nullable String help) {
    private static final String WOULD_FIT = "Would fit: ";

    /** They say in other words what Ready and its aspects say. */
    private static final Set<ConditionType> ECHOES =
            Set.of(ConditionType.Progressing, ConditionType.Reconciling, ConditionType.Stalled);

    /** Those of conditions that are not True; each message once, the sum before its aspects. */
    static List<Trouble> of(List<Condition> conditions, Troubleshooting troubleshooting) {
        List<Trouble> troubles = new ArrayList<>();
        for (Condition condition : conditions) {
            if (condition.status() != ConditionStatus.True
                    && !ECHOES.contains(condition.type())
                    && troubles.stream().noneMatch(one -> one.message().contains(condition.message()))) {
                troubles.add(new Trouble(
                        condition.type().value(),
                        condition.reason().value(),
                        condition.message(),
                        fixes(condition.message()),
                        troubleshooting.of(condition.reason().value()).orElse(null)));
            }
        }
        return troubles;
    }

    private static List<String> fixes(String message) {
        int begin = message.indexOf(WOULD_FIT);
        return begin < 0
                ? List.of()
                : Arrays.stream(message.substring(begin + WOULD_FIT.length())
                                .replaceFirst("\\.$", "")
                                .split("; or ", -1))
                        .filter(fix -> !fix.isBlank())
                        .toList();
    }
}
