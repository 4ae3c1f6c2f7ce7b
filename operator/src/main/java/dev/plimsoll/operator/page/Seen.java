package dev.plimsoll.operator.page;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.page.view.Card;
import dev.plimsoll.operator.page.view.Sheet;
import dev.plimsoll.operator.page.view.Troubleshooting;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a visitor may see of the fleet. */
@Singleton
class Seen {
    private static final Comparator<ModelDeployment> BY_NAME = Comparator.comparing(
                    (ModelDeployment model) -> model.getMetadata().getNamespace())
            .thenComparing(model -> model.getMetadata().getName());

    private final Fleet fleet;
    private final Rights rights;

    /**
     * Many deployments.
     *
     * @param everything whether the user may list them in every namespace
     * @param asOf when the statuses were last true, if no operator works
     */
    record Many(String user, boolean everything, @Nullable Instant asOf, List<Card> cards) {}

    /** One of them. */
    record One(String user, @Nullable Instant asOf, Sheet sheet) {}

    Seen(Fleet fleet, Rights rights) {
        this.fleet = fleet;
        this.rights = rights;
    }

    /** @param namespace the only one that is asked for, if any */
    Many many(Visitor visitor, Optional<String> namespace) {
        boolean everything = rights.seesEverything(visitor);
        Map<String, Boolean> seen = new ConcurrentHashMap<>();
        return new Many(
                visitor.user(),
                everything,
                fleet.asOf().orElse(null),
                all().stream()
                        .filter(model -> namespace.map(in(model)::equals).orElse(true))
                        .filter(model ->
                                everything || seen.computeIfAbsent(in(model), name -> rights.sees(visitor, name)))
                        .sorted(BY_NAME)
                        .map(Card::of)
                        .toList());
    }

    One one(Visitor visitor, String namespace, String name, Troubleshooting troubleshooting) {
        ModelDeployment found = all().stream()
                .filter(model -> in(model).equals(namespace)
                        && model.getMetadata().getName().equals(name))
                .findFirst()
                .filter(model -> rights.sees(visitor, namespace))
                .orElseThrow(NotAnswered::notFound);
        return new One(visitor.user(), fleet.asOf().orElse(null), Sheet.of(found, troubleshooting));
    }

    private List<ModelDeployment> all() {
        return fleet.all().orElseThrow(() -> NotAnswered.unavailable("The operator has only just begun to look."));
    }

    private static String in(ModelDeployment model) {
        return model.getMetadata().getNamespace();
    }
}
