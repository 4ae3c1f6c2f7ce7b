package dev.plimsoll.operator.rollout;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.operator.rollout.Verdict.Step;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A deployment whose changes are decided by {@link Change}, and everything that its operator keeps in the cluster. The
 * operator remembers nothing: each {@link #look} begins from what stands, and may be killed between any two writes.
 */
@SuppressWarnings("NullAway")
final class World {
    /** What planning this digest with this image comes to. */
    enum Planned {
        FITS,
        REFUSED,
        UNABLE,
        BREAKS,
        NEVER_ENDS
    }

    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    final Map<String, Revision> revisions = new HashMap<>();
    final Map<String, Planned> plans = new HashMap<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    String digest = "a";
    String operators = "i1";
    Policy policy = new Policy(null, false, Duration.ofHours(1), false, false);
    Fleet others = Fleet.NONE;

    /** The key of what the Deployment's pods are made from. */
    @Nullable
    String standing;

    boolean held;

    @Nullable
    String planningPod;

    @Nullable
    Instant podEnded;

    @Nullable
    RolloutPhase phase;

    @Nullable
    Instant phaseSince;

    String said = "";
    int writesUntilKilled = Integer.MAX_VALUE;
    final List<String> rolled = new ArrayList<>();

    Verdict look() {
        for (int i = 0; i < 20; i++) {
            Verdict verdict = change().verdict();
            if (!step(verdict)) {
                apply(verdict);
                return verdict;
            }
        }
        throw new AssertionError("it does not settle");
    }

    Change change() {
        Optional<Revision> stands = Optional.ofNullable(standing).map(revisions::get);
        String image = WantedImage.of(policy, stands, List.copyOf(revisions.values()), operators, others);
        Revision wanted = revisions.computeIfAbsent(
                digest + "-" + image,
                key -> new Revision(key, revisions.size(), digest, image, new PodTemplateSpec(), 1, History.NONE));
        boolean upgrade = policy.image() == null
                && stands.filter(revision -> revision.digest().equals(digest)
                                && !revision.image().equals(image))
                        .isPresent();
        return new Change(
                stands,
                wanted,
                List.copyOf(revisions.values()),
                policy,
                upgrade,
                attempt(wanted),
                null,
                RolloutPhase.Paused.equals(phase) ? phaseSince : null,
                "",
                others,
                1,
                now);
    }

    private Attempt attempt(Revision wanted) {
        if (!wanted.key().equals(planningPod)) {
            return new Attempt.None();
        }
        return switch (plans.getOrDefault(planningPod, Planned.FITS)) {
            case FITS -> new Attempt.Told(new PlanningReport(null, new PlanReport(List.of(), 1, 1, 1), null), "");
            case REFUSED ->
                new Attempt.Told(PlanningReport.refused(null, Failure.of(Reason.HostBudgetTooSmall, "too small")), "");
            case UNABLE -> new Attempt.Unable();
            case BREAKS -> new Attempt.Broken("it crashed", podEnded.plusSeconds(30));
            case NEVER_ENDS -> new Attempt.Running();
        };
    }

    /** Whether something was done that makes another verdict. */
    private boolean step(Verdict verdict) {
        Revision wanted = change().wanted();
        switch (verdict.step()) {
            case Step.Wait ignored -> {
                return false;
            }
            case Step.Plan ignored -> {
                boolean made = !wanted.key().equals(planningPod)
                        || plans.getOrDefault(planningPod, Planned.FITS) == Planned.BREAKS;
                if (made) {
                    written();
                    planningPod = wanted.key();
                    podEnded = now;
                }
                return false;
            }
            case Step.Keep(Plan plan) -> {
                keep(wanted.with(history -> history.planned(plan)));
                planningPod = null;
            }
            case Step.TakeTurn ignored -> keep(wanted.with(history -> history.takesTurn(now)));
            case Step.Begin ignored -> begin(wanted);
            case Step.Resume ignored -> begin(wanted);
            case Step.Fail(String why) -> keep(wanted.with(history -> history.fails(now, why)));
        }
        return true;
    }

    private void begin(Revision wanted) {
        keep(wanted.with(history -> history.begins(new History.Begun(now, Strategy.REPLACE, "test"))));
    }

    private void keep(Revision revision) {
        written();
        revisions.put(revision.key(), revision);
    }

    private void written() {
        if (--writesUntilKilled == 0) {
            writesUntilKilled = Integer.MAX_VALUE;
            throw new Killed();
        }
    }

    private void apply(Verdict verdict) {
        String active = verdict.active().map(Revision::key).orElse(null);
        if (!Objects.equals(active, standing) || held != verdict.holds()) {
            written();
            if (!Objects.equals(active, standing)) {
                rolled.add(active);
            }
            standing = active;
            held = verdict.holds();
        }
        Revision wanted = change().wanted();
        List<Revision> all = List.copyOf(revisions.values());
        Retention.toRest(all, Optional.ofNullable(standing).map(revisions::get), verdict.active(), wanted)
                .forEach(revision -> keep(revision.with(History::rests)));
        Retention.surplus(List.copyOf(revisions.values()), verdict.active(), wanted)
                .forEach(revision -> {
                    written();
                    revisions.remove(revision.key());
                });
        if (!verdict.phase().equals(phase)) {
            written();
            phase = verdict.phase();
            phaseSince = now;
        }
        said = verdict.message();
    }

    /** Every replica serves what the Deployment is made from. */
    void serves() {
        if (standing != null && !held && !revisions.get(standing).isComplete()) {
            keep(revisions.get(standing).with(history -> history.completes(now, true)));
        }
    }

    void passes(Duration time) {
        now = now.plus(time);
    }
}
