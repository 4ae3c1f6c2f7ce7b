package dev.plimsoll.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.operator.rollout.World.Planned;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change comes to. */
@SuppressWarnings("NullAway")
class ChangeTest {
    private static final List<Planned> OUTCOMES =
            List.of(Planned.FITS, Planned.REFUSED, Planned.UNABLE, Planned.BREAKS);

    private World world;

    @BeforeEach
    void begin() {
        world = new World();
    }

    private void rollsOut() {
        world.look();
        world.look();
        assertThat(world.phase).isEqualTo(RolloutPhase.RollingOut);
        world.serves();
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Complete);
    }

    @Test
    void aFirstDeploymentIsPlannedBeforeItIsMade() {
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Planning);
        assertThat(world.standing).isNull();
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RollingOut);
        assertThat(world.standing).isEqualTo("a-i1");
        assertThat(world.planningPod).as("is removed").isNull();
    }

    @Test
    void aRefusedFirstDeploymentIsNotMade() {
        world.plans.put("a-i1", Planned.REFUSED);
        world.look();
        Verdict refused = world.look();
        assertThat(refused.phase()).isEqualTo(RolloutPhase.Refused);
        assertThat(refused.refusal().reason()).isEqualTo(Reason.HostBudgetTooSmall);
        assertThat(world.standing).isNull();
    }

    @Test
    void aRefusedChangeLeavesWhatServes() {
        rollsOut();
        world.digest = "b";
        world.plans.put("b-i1", Planned.REFUSED);
        world.look();
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Refused);
        assertThat(world.standing).isEqualTo("a-i1");
        assertThat(world.held).isFalse();
        world.digest = "a";
        assertThat(world.look().phase()).as("taken back").isEqualTo(RolloutPhase.Complete);
        assertThat(world.rolled).containsExactly("a-i1");
    }

    @Test
    void aRefusalIsTriedAgainBehindWhatIsSaidOfIt() {
        world.plans.put("a-i1", Planned.REFUSED);
        world.look();
        Verdict refused = world.look();
        world.passes(Duration.between(world.now, refused.again()));
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Refused);
        assertThat(world.planningPod).isEqualTo("a-i1");
        world.plans.put("a-i1", Planned.FITS);
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RollingOut);
    }

    @Test
    void anImageThatCannotPlanIsRolledOutWithoutAPlan() {
        world.plans.put("a-i1", Planned.UNABLE);
        world.look();
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RollingOut);
    }

    @Test
    void aPlanThatCannotBeMadeIsTriedAgainAndBlocksNothing() {
        rollsOut();
        world.digest = "b";
        world.plans.put("b-i1", Planned.BREAKS);
        world.look();
        assertThat(world.look().message()).isEqualTo("it crashed");
        assertThat(world.standing).isEqualTo("a-i1");
        world.passes(Duration.ofSeconds(31));
        world.plans.put("b-i1", Planned.FITS);
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RollingOut);
    }

    @Test
    void anEarlierSpecIsRolledOutByItsEarlierPlan() {
        rollsOut();
        world.digest = "b";
        rollsOut();
        world.digest = "a";
        world.plans.put("a-i1", Planned.NEVER_ENDS);
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RollingOut);
        assertThat(world.rolled).containsExactly("a-i1", "b-i1", "a-i1");
    }

    @Test
    void aNewerOperatorChangesNothingUnlessItIsToldTo() {
        rollsOut();
        world.operators = "i2";
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Complete);
        world.digest = "b";
        world.look();
        world.look();
        assertThat(world.standing).as("the image stays when the spec changes").isEqualTo("b-i1");
    }

    @Test
    void anImageThatTheSpecNamesIsAskedForAndOneOfANewerOperatorIsNot() {
        rollsOut();
        Revision serves = world.revisions.get("a-i1");
        world.policy = new Policy(null, true, Duration.ofHours(1), false, false);
        world.operators = "i2";
        assertThat(world.change().isAsAsked(serves)).isTrue();
        world.policy = new Policy("i3", true, Duration.ofHours(1), false, false);
        assertThat(world.change().isAsAsked(serves)).isFalse();
        rollsOut();
        assertThat(world.change().isAsAsked(world.revisions.get("a-i3"))).isTrue();
    }

    @Test
    void anImageThatNeverServedIsNotKept() {
        world.look();
        world.look();
        world.passes(Duration.ofMinutes(61));
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Failed);
        world.operators = "i2";
        world.look();
        world.look();
        assertThat(world.standing).isEqualTo("a-i2");
    }

    @Test
    void anUpgradeWaitsForItsTurn() {
        rollsOut();
        world.policy = new Policy(null, true, Duration.ofHours(1), false, false);
        world.operators = "i2";
        world.others = new Fleet(List.of("default/first"), Map.of());
        Verdict waits = world.look();
        assertThat(waits.phase()).isEqualTo(RolloutPhase.Waiting);
        assertThat(waits.message()).contains("default/first goes first");
        assertThat(waits.again()).isNotNull();
        world.others = Fleet.NONE;
        rollsOut();
        assertThat(world.standing).isEqualTo("a-i2");
    }

    @Test
    void anImageThatFailedElsewhereIsNotTaken() {
        rollsOut();
        world.policy = new Policy(null, true, Duration.ofHours(1), false, false);
        world.operators = "i2";
        world.others = new Fleet(List.of(), Map.of("i2", "default/first"));
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Complete);
        assertThat(world.standing).isEqualTo("a-i1");
    }

    @Test
    void oneThatIsNotCompleteInTimeStops() {
        rollsOut();
        world.digest = "b";
        world.look();
        world.look();
        world.passes(Duration.ofMinutes(61));
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Failed);
        assertThat(world.held).isTrue();
        world.digest = "c";
        world.look();
        assertThat(world.held).as("while another is planned").isTrue();
        world.look();
        assertThat(world.standing).isEqualTo("c-i1");
        assertThat(world.held).isFalse();
    }

    @Test
    void oneThatFailedIsUndoneAndNotTriedAgain() {
        world.policy = new Policy(null, false, Duration.ofHours(1), true, false);
        rollsOut();
        world.digest = "b";
        world.look();
        world.look();
        world.passes(Duration.ofMinutes(61));
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RolledBack);
        assertThat(world.standing).isEqualTo("a-i1");
        world.passes(Duration.ofDays(1));
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RolledBack);
        assertThat(world.rolled).containsExactly("a-i1", "b-i1", "a-i1");
        world.digest = "c";
        world.look();
        world.look();
        assertThat(world.standing).isEqualTo("c-i1");
    }

    @Test
    void aPausedChangeIsPlannedAndNotRolledOut() {
        rollsOut();
        world.policy = new Policy(null, false, Duration.ofHours(1), false, true);
        world.digest = "b";
        world.look();
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Paused);
        assertThat(world.standing).isEqualTo("a-i1");
        world.policy = new Policy(null, false, Duration.ofHours(1), false, false);
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RollingOut);
    }

    @Test
    void whileItIsPausedTimeDoesNotCount() {
        rollsOut();
        world.digest = "b";
        world.look();
        world.look();
        world.passes(Duration.ofMinutes(10));
        world.policy = new Policy(null, false, Duration.ofHours(1), false, true);
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.Paused);
        assertThat(world.held).isTrue();
        world.passes(Duration.ofDays(2));
        world.policy = new Policy(null, false, Duration.ofHours(1), false, false);
        assertThat(world.look().phase()).isEqualTo(RolloutPhase.RollingOut);
        assertThat(world.held).isFalse();
    }

    private static final Set<RolloutPhase> ENDS =
            Set.of(RolloutPhase.Complete, RolloutPhase.Refused, RolloutPhase.Failed, RolloutPhase.RolledBack);

    /**
     * From any history, with any sequence of edits, upgrades, plans, failures and kills: pods are never made from what a
     * plan refuses, and once nothing more is asked for there is an end.
     */
    @Test
    void whateverHappensNoRefusedRevisionIsRolledOutAndThereIsAnEnd() {
        for (int run = 0; run < 3000; run++) {
            long seed = 7919L * run;
            Random random = new Random(seed);
            World any = new World();
            for (String digest : List.of("a", "b", "c", "d", "e")) {
                for (String image : List.of("i1", "i2", "i3")) {
                    any.plans.put(digest + "-" + image, OUTCOMES.get(random.nextInt(OUTCOMES.size())));
                }
            }
            for (int event = 0; event < 60; event++) {
                happens(any, random);
                step(any, seed);
            }
            any.policy =
                    new Policy(null, any.policy.followsOperator(), Duration.ofHours(1), any.policy.rollsBack(), false);
            any.others = Fleet.NONE;
            any.writesUntilKilled = Integer.MAX_VALUE;
            any.plans.replaceAll((key, plan) -> plan == Planned.BREAKS ? Planned.FITS : plan);
            for (int i = 0; i < 60; i++) {
                any.look();
                any.passes(Duration.ofMinutes(11));
            }
            assertThat(ENDS).as("seed %d: %s", seed, any.said).contains(any.phase);
            String standing = any.standing;
            any.look();
            assertThat(any.standing).as("seed %d: stays", seed).isEqualTo(standing);
        }
    }

    private static void happens(World world, Random random) {
        switch (random.nextInt(10)) {
            case 0, 1 -> world.digest = List.of("a", "b", "c", "d", "e").get(random.nextInt(5));
            case 2 -> world.operators = List.of("i1", "i2", "i3").get(random.nextInt(3));
            case 3 ->
                world.policy = new Policy(
                        random.nextInt(5) == 0 ? "i3" : null,
                        random.nextBoolean(),
                        Duration.ofHours(1),
                        random.nextBoolean(),
                        random.nextInt(4) == 0);
            case 4 ->
                world.others = new Fleet(
                        random.nextBoolean() ? List.of("default/other") : List.of(),
                        random.nextInt(3) == 0 ? Map.of("i2", "default/other") : Map.of());
            case 5, 6 -> serves(world);
            case 7 -> world.passes(Duration.ofMinutes(random.nextInt(90)));
            case 8 -> world.writesUntilKilled = 1 + random.nextInt(4);
            default -> world.passes(Duration.ofSeconds(random.nextInt(40)));
        }
    }

    private static void serves(World world) {
        try {
            world.serves();
        } catch (World.Killed killed) {
            world.said = "killed";
        }
    }

    private static void step(World world, long seed) {
        int before = world.rolled.size();
        try {
            world.look();
        } catch (World.Killed killed) {
            world.said = "killed";
        }
        for (String rolled : world.rolled.subList(before, world.rolled.size())) {
            assertThat(world.plans.get(rolled)).as("seed %d: %s", seed, rolled).isNotEqualTo(Planned.REFUSED);
            assertThat(world.revisions).as("seed %d", seed).containsKey(rolled);
            Plan plan = world.revisions.get(rolled).history().plan();
            assertThat(plan).as("seed %d: it was planned", seed).isNotNull();
        }
        if (world.standing != null) {
            assertThat(world.revisions).as("seed %d: what stands is kept", seed).containsKey(world.standing);
        }
        assertThat(world.revisions.size()).as("seed %d", seed).isLessThanOrEqualTo(8);
    }
}
