package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * How evenly the replicas of one revision lie over groups of nodes.
 *
 * @param topologyKey the node label whose values are the groups
 * @param maxSkew replicas that one group may have more than another
 * @param whenUnsatisfiable {@code ScheduleAnyway} or {@code DoNotSchedule}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TopologySpread(
        @Required
        @Size(min = 1, max = 316)
        @JsonPropertyDescription("Node label whose values are the groups, such as topology.kubernetes.io/zone.")
        String topologyKey,

        @Default("1")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("Replicas that one group may have more than another. Default: 1.")
        Integer maxSkew,

        @Default("ScheduleAnyway") @InSchema(oneOf = {"ScheduleAnyway", "DoNotSchedule"}) @JsonPropertyDescription("""
                What becomes of a pod that would make it uneven: ScheduleAnyway (default) or DoNotSchedule.""")
        String whenUnsatisfiable) {

    public TopologySpread {
        maxSkew = Defaults.of(maxSkew, 1);
        whenUnsatisfiable = Defaults.of(whenUnsatisfiable, "ScheduleAnyway");
    }
}
