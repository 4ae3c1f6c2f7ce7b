package dev.plimsoll.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.replicas.Termination;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a planning pod leaves is believed only where it is whole and can be. */
@SuppressWarnings("NullAway")
class PlanningAnswerTest {
    private static final Instant AGAIN = Instant.EPOCH;
    private static final String PLAN =
            "{\"plan\":{\"devices\":[],\"host\":1,\"maxSequences\":1,\"maxSequenceTokens\":1}}";

    @Test
    void aPlanIsAPlanAndAFailureARefusal() {
        assertThat(attempt(0, PLAN)).isInstanceOf(Attempt.Told.class);
        assertThat(attempt(3, "{\"failure\":{\"reason\":\"NoGpu\",\"message\":\"none\"}}"))
                .isInstanceOfSatisfying(
                        Attempt.Told.class,
                        told -> assertThat(told.report().failure().reason()).isEqualTo(Reason.NoGpu));
    }

    @Test
    void anImageThatDoesNotPlanInPodsIsUnable() {
        assertThat(attempt(2, "")).isInstanceOf(Attempt.Unable.class);
        assertThat(attempt(0, "")).isInstanceOf(Attempt.Broken.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"plan\":{}}",
                "{\"failure\":{}}",
                "{\"failure\":{\"reason\":\"NoGpu\",\"message\":\" \"}}",
                "{\"plan\":{\"devices\":null,\"host\":1,\"maxSequences\":1,\"maxSequenceTokens\":1}}",
                "{\"plan\":{\"devices\":[],\"host\":-1,\"maxSequences\":1,\"maxSequenceTokens\":1}}",
                "{\"plan\":{\"devices\":[],\"host\":1,\"maxSequences\":0,\"maxSequenceTokens\":1}}",
                "{\"plan\":{\"devices\":[],\"host\":1,\"maxSequences\":1,\"maxSequenceTokens\":1},\"failure\":{\"reason\":\"x\",\"message\":\"y\"}}",
                "[1]",
                "{\"model\":{\"architecture\":null},\"plan\":{\"devices\":[],\"host\":1,\"maxSequences\":1,\"maxSequenceTokens\":1}}"
            })
    void whatCannotBeIsNoPlan(String message) {
        assertThat(attempt(1, message))
                .isInstanceOfSatisfying(Attempt.Broken.class, broken -> assertThat(broken.words())
                        .contains("planning pod m-plan-x", "kubectl logs"));
    }

    @Test
    void aReasonThatNoConditionCouldCarryIsOurs() {
        assertThat(attempt(3, "{\"failure\":{\"reason\":\"a b\\n\",\"message\":\"x\\u0000y\"}}"))
                .isInstanceOfSatisfying(Attempt.Told.class, told -> {
                    assertThat(told.report().failure().reason()).isEqualTo(Reason.ServerFailed);
                    assertThat(told.report().failure().message()).isEqualTo("x y");
                });
    }

    @Test
    void anyBytesAreAnAnswer() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder mutated = new StringBuilder(PLAN);
            for (int change = random.nextInt(4); change >= 0; change--) {
                mutated.setCharAt(random.nextInt(mutated.length()), (char) random.nextInt(128));
            }
            assertThat(attempt(random.nextInt(5), mutated.toString())).isNotNull();
        }
    }

    private static Attempt attempt(int code, String message) {
        return PlanningAnswer.of("m-plan-x", new Termination(code, 0, "", message), "", AGAIN);
    }
}
