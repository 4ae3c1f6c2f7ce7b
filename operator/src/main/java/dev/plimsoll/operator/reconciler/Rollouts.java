package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.desired.DesiredObjects;
import dev.plimsoll.operator.desired.PodShape;
import dev.plimsoll.operator.judgement.ApplyFailure;
import dev.plimsoll.operator.judgement.Judgement;
import dev.plimsoll.operator.nodes.Gpus;
import dev.plimsoll.operator.rollout.Attempt;
import dev.plimsoll.operator.rollout.Change;
import dev.plimsoll.operator.rollout.Fleet;
import dev.plimsoll.operator.rollout.History;
import dev.plimsoll.operator.rollout.Policy;
import dev.plimsoll.operator.rollout.Retention;
import dev.plimsoll.operator.rollout.Revision;
import dev.plimsoll.operator.rollout.RevisionObject;
import dev.plimsoll.operator.rollout.Verdict;
import dev.plimsoll.operator.rollout.Verdict.Step;
import dev.plimsoll.operator.rollout.WantedImage;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes a change as far as it may go now: finds what stands and what is wanted, asks {@link Change} what follows, does that,
 * and asks again. Everything that is decided is written down in the cluster before anything follows from it.
 */
@Singleton
class Rollouts {
    private static final Logger LOG = Logger.getLogger(Rollouts.class);

    /** More than a change can take at once; one that does not settle goes on with the next look. */
    private static final int MOST_STEPS = 8;

    private final OperatorConfig config;
    private final RevisionStore store;
    private final StandingRevision standing;
    private final Planners planners;
    private final Strategies strategies;
    private final Turns turns;
    private final Clock clock;
    private final Map<String, Refused> refused = new ConcurrentHashMap<>();

    /** What the API server refused, and until when nothing is written again for it. */
    private record Refused(@Nullable Long generation, ApplyFailure failure, int times, Instant nextTry) {}

    Rollouts(
            OperatorConfig config,
            RevisionStore store,
            StandingRevision standing,
            Planners planners,
            Strategies strategies,
            Turns turns,
            Clock clock) {
        this.config = config;
        this.store = store;
        this.standing = standing;
        this.planners = planners;
        this.strategies = strategies;
        this.turns = turns;
        this.clock = clock;
    }

    /** Goes on with the change of a deployment. */
    Rolling advance(ModelDeployment model, Caches caches, @Nullable ModelDeploymentStatus status) {
        Refused before = refused.get(model.getMetadata().getUid());
        Instant now = clock.instant();
        if (before != null
                && Objects.equals(before.generation(), model.getMetadata().getGeneration())
                && before.nextTry().isAfter(now)) {
            return look(model, caches, status).waits(before.failure(), Duration.between(now, before.nextTry()));
        }
        try {
            Rolling rolling = steps(model, caches, status);
            refused.remove(model.getMetadata().getUid());
            return rolling;
        } catch (ObjectRefused thrown) {
            int times = before == null ? 1 : before.times() + 1;
            Duration wait = Backoff.after(times);
            refused.put(
                    model.getMetadata().getUid(),
                    new Refused(model.getMetadata().getGeneration(), thrown.failure(), times, now.plus(wait)));
            return look(model, caches, status).waits(thrown.failure(), wait);
        }
    }

    /** Writes down how far the rollout of what pods are made from has come, as the judgement sees it. */
    void judged(ModelDeployment model, Rolling rolling, Judgement judgement, Caches caches) {
        Optional<Revision> active = rolling.active();
        History.Begun begun = active.map(Revision::history).map(History::begun).orElse(null);
        if (active.isEmpty() || begun == null || !rolling.failures().isEmpty()) {
            return;
        }
        History history = active.get().history();
        boolean served = judgement.serving() > 0;
        boolean complete = isComplete(judgement);
        try {
            if (complete && (history.complete() == null || (served && history.ready() == null))) {
                keep(model, caches, active.get(), now -> now.completes(clock.instant(), served));
            } else if (!complete
                    && history.complete() == null
                    && history.failed() == null
                    && judgement.serving() > begun.serving()) {
                keep(
                        model,
                        caches,
                        active.get(),
                        now -> now.comesFurther(Math.toIntExact(judgement.serving()), clock.instant()));
            }
        } catch (ObjectRefused thrown) {
            LOG.warnf(
                    "how far a rollout is could not be kept, and will be: %s",
                    SingleLine.of(thrown.failure().message()));
        }
    }

    private static boolean isComplete(Judgement judgement) {
        return judgement.status().rollout() != null
                && judgement.status().rollout().phase().equals(RolloutPhase.Complete);
    }

    void forget(ModelDeployment model) {
        refused.remove(model.getMetadata().getUid());
    }

    private Rolling steps(ModelDeployment model, Caches caches, @Nullable ModelDeploymentStatus status)
            throws ObjectRefused {
        standing.adopt(model, caches);
        for (int i = 0; i < MOST_STEPS; i++) {
            View view = view(model, caches, status);
            if (view.change == null) {
                planners.clearBut(model, null, caches);
                return view.rolling();
            }
            if (view.isNew) {
                store.create(model, view.change.wanted(), caches);
            } else if (!step(model, caches, view.change, view.change.verdict())) {
                housekeeping(model, caches, view.change, view.change.verdict());
                return view.rolling();
            }
        }
        return look(model, caches, status).again(Duration.ofSeconds(1));
    }

    /** Whether something was done that makes another verdict. */
    private boolean step(ModelDeployment model, Caches caches, Change change, Verdict verdict) throws ObjectRefused {
        Revision wanted = change.wanted();
        Instant now = change.now();
        switch (verdict.step()) {
            case Step.Wait ignored -> {
                return false;
            }
            case Step.Plan ignored -> {
                planners.ensure(model, wanted, change.gpus(), change.attempt(), caches);
                return false;
            }
            case Step.Keep(var plan) -> keep(model, caches, wanted, history -> history.planned(plan));
            case Step.TakeTurn ignored -> {
                return turns.take(model, wanted, caches, now);
            }
            case Step.Begin ignored -> {
                var choice = strategies.choose(model, wanted, change.standing());
                keep(
                        model,
                        caches,
                        wanted,
                        history -> history.begins(new History.Begun(now, choice.strategy(), choice.why())));
            }
            case Step.Resume ignored -> keep(model, caches, wanted, history -> history.resumes(now));
            case Step.Fail(String why) -> keep(model, caches, wanted, history -> history.fails(now, why));
        }
        return true;
    }

    private void keep(ModelDeployment model, Caches caches, Revision revision, UnaryOperator<History> change)
            throws ObjectRefused {
        store.keep(model, revision.with(change), caches);
    }

    /** Where things are, without a write. */
    private Rolling look(ModelDeployment model, Caches caches, @Nullable ModelDeploymentStatus status) {
        return view(model, caches, status).rolling();
    }

    /** @param change null where the spec asks for nothing that this operator can make */
    private record View(@Nullable Change change, boolean isNew, Rolling rolling) {}

    private View view(ModelDeployment model, Caches caches, @Nullable ModelDeploymentStatus status) {
        List<Revision> kept = store.of(model, caches);
        Optional<Revision> stands = standing.of(model, kept, caches);
        Policy policy = Policies.of(model.getSpec());
        Fleet others = turns.fleet(model, policy, caches);
        String digest = PodShape.digest(model);
        String image = WantedImage.of(policy, stands, kept, config.serverImage(), others);
        Optional<Revision> known = kept.stream()
                .filter(revision ->
                        revision.digest().equals(digest) && revision.image().equals(image))
                .findFirst();
        Optional<Revision> wanted = known.or(() -> made(model, kept, digest, image));
        if (wanted.isEmpty()) {
            return new View(null, false, Rolling.unmade(model, stands));
        }
        Gpus gpus = wanted.get().history().begun() == null ? planners.gpus(model, wanted.get()) : Gpus.UNKNOWN;
        Planners.Seen planner = planners.look(model, wanted.get(), caches);
        Change change = new Change(
                stands,
                wanted.get(),
                kept,
                policy,
                policy.image() == null
                        && stands.filter(revision -> revision.digest().equals(digest)
                                        && !revision.image().equals(image))
                                .isPresent(),
                planner.attempt(),
                Rolling.checkpoint(stands, wanted.get(), status),
                Rolling.pausedSince(status),
                gpus.memory(),
                others,
                config.rolloutsAtOnce(),
                clock.instant());
        return new View(change, known.isEmpty(), Rolling.of(model, change, change.verdict(), planner, gpus));
    }

    private Optional<Revision> made(ModelDeployment model, List<Revision> kept, String digest, String image) {
        String key = RevisionObject.key(digest, image);
        Optional<PodTemplateSpec> template = DesiredObjects.template(model, config, image, key);
        return template.map(pods -> new Revision(
                key,
                1 + kept.stream().mapToLong(Revision::number).max().orElse(0),
                digest,
                image,
                pods,
                Objects.requireNonNullElse(model.getMetadata().getGeneration(), 0L),
                History.NONE));
    }

    private void housekeeping(ModelDeployment model, Caches caches, Change change, Verdict verdict)
            throws ObjectRefused {
        boolean plans = verdict.step() instanceof Step.Plan
                || (change.attempt() instanceof Attempt.Broken
                        && verdict.phase().equals(RolloutPhase.Planning));
        planners.clearBut(model, plans ? change.wanted() : null, caches);
        for (Revision revision :
                Retention.toRest(change.kept(), change.standing(), verdict.active(), change.wanted())) {
            keep(model, caches, revision, History::rests);
        }
        for (Revision revision : Retention.surplus(change.kept(), verdict.active(), change.wanted())) {
            store.remove(model, revision);
        }
    }
}
