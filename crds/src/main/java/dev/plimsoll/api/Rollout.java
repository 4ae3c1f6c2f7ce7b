package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;

/**
 * How a changed spec reaches the pods. No part of what a pod is: a change of it replaces none.
 *
 * @param strategy how pods are replaced
 * @param maxUnavailable replicas that may be missing at once, as a number or in per cent
 * @param onOperatorUpgrade what a newer operator does to pods that serve
 * @param progressDeadlineSeconds a rollout that has not come further for so long has failed
 * @param rollback what becomes of a rollout that failed
 * @param paused whether a changed spec is planned and goes no further
 */
@ValidationRule(
        value = "!has(self.maxUnavailable) || (type(self.maxUnavailable) == int ? int(self.maxUnavailable) >= 1"
                + " : string(self.maxUnavailable).matches('^([1-9][0-9]?|100)%$'))",
        fieldPath = ".maxUnavailable",
        message = "rollout.maxUnavailable must be a number of replicas from 1, or per cent of them from 1% to 100%")
@JsonIgnoreProperties(ignoreUnknown = true)
public record Rollout(
        @Default("Auto") @InSchema(oneOf = {"Auto", "Surge", "Replace"}) @JsonPropertyDescription("""
                How pods are replaced. Replace: an old pod ends before a new one begins in its place. Surge: a new \
                pod serves before an old one ends, which takes a second set of GPUs meanwhile. Auto (default): Surge \
                where the last measured footprint fits what the nodes have free, else Replace; status.rollout says \
                which and why.""")
        RolloutStrategy strategy,

        @Default("1") @InSchema(longest = 4) @JsonPropertyDescription("""
                Replicas that may be missing at once while pods are replaced, and while nodes are drained: the \
                PodDisruptionBudget has the same bound. A number or per cent. Default: 1.""")
        IntOrString maxUnavailable,

        @Default("Keep") @InSchema(oneOf = {"Keep", "RollOut"}) @JsonPropertyDescription("""
                What a newer operator does, which brings a newer server image. Keep (default): pods keep the image \
                that they were rolled out with, also when the rest of the spec changes. RollOut: they are rolled out \
                with the new one, a few deployments of the cluster at a time.""")
        OperatorUpgrade onOperatorUpgrade,

        @Default("3600") @Min(60) @Max(604_800) @JsonPropertyDescription("""
                Seconds after which a rollout that comes no further has failed: it stops, and the conditions tell. \
                Default: 3600.""")
        Integer progressDeadlineSeconds,

        @Default("None") @InSchema(oneOf = {"None", "Auto"}) @JsonPropertyDescription("""
                What becomes of a failed rollout. None (default): it stays where it stopped. Auto: the last \
                generation that was Ready comes back.""")
        Rollback rollback,

        @Default("false")
        @JsonPropertyDescription("Plan a changed spec and go no further: what serves stays as it is. Default: false.")
        boolean paused) {

    /** What a deployment that says nothing of rollouts gets. */
    public static final Rollout DEFAULT =
            new Rollout(RolloutStrategy.Auto, new IntOrString(1), OperatorUpgrade.Keep, 3600, Rollback.None, false);

    public Rollout {
        strategy = Defaults.of(strategy, RolloutStrategy.Auto);
        maxUnavailable = Defaults.of(maxUnavailable, new IntOrString(1));
        onOperatorUpgrade = Defaults.of(onOperatorUpgrade, OperatorUpgrade.Keep);
        progressDeadlineSeconds = Defaults.of(progressDeadlineSeconds, 3600);
        rollback = Defaults.of(rollback, Rollback.None);
    }
}
