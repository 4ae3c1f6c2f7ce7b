package dev.plimsoll.operator.rollout;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a revision: kept with it in the cluster, so that an operator which begins knows what the last one did.
 *
 * @param plan what planning it came to; null before it was planned
 * @param turn since when an upgrade has its turn among the deployments of the cluster; null where it needs none
 * @param begun how its pods came to be made; null while none are
 * @param complete when every replica was made from it
 * @param ready when every replica served, the last time that it was rolled out; it may be returned to
 * @param failed why it was not complete within its deadline
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record History(
        @Nullable Plan plan,
        @Nullable Instant turn,
        @Nullable Begun begun,
        @Nullable Instant complete,
        @Nullable Instant ready,
        @Nullable Failed failed) {
    public static final History NONE = new History(null, null, null, null, null, null);

    /**
     * @param why that strategy
     * @param serving replicas that serve, the most that were seen
     * @param last when it came further: when it began, or another replica served
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Begun(Instant at, Strategy strategy, String why, int serving, Instant last) {
        public Begun(Instant at, Strategy strategy, String why) {
            this(at, strategy, why, 0, at);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Failed(Instant at, String why) {}

    public History planned(Plan made) {
        return new History(made, turn, begun, complete, ready, failed);
    }

    public History takesTurn(Instant at) {
        return new History(plan, at, begun, complete, ready, failed);
    }

    public History begins(Begun how) {
        return new History(plan, turn, how, null, ready, null);
    }

    /** With as much time as at its begin. */
    public History resumes(Instant at) {
        return begun == null ? this : begins(new Begun(at, begun.strategy(), begun.why()));
    }

    public History comesFurther(int serving, Instant at) {
        return begun == null ? this : begins(new Begun(begun.at(), begun.strategy(), begun.why(), serving, at));
    }

    /** @param served whether there were replicas that served */
    public History completes(Instant at, boolean served) {
        return new History(plan, turn, begun, at, served ? at : ready, null);
    }

    public History fails(Instant at, String why) {
        return new History(plan, turn, begun, null, ready, new Failed(at, why));
    }

    /** Nobody asks for it, and no pods are made from it: what is remembered is its plan, and that it served once. */
    public History rests() {
        return new History(plan, null, null, null, ready, null);
    }
}
