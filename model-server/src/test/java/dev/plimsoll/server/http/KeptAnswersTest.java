package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.openai.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers that are kept until they are complete fit in a bound of memory; small ones are never those that fail. */
class KeptAnswersTest {
    private final KeptAnswers answers = new KeptAnswers(3200);

    @Test
    void thoseThatHaveMostFail() {
        KeptAnswers.Share large = answers.new Share();
        large.keep(3000);
        List<KeptAnswers.Share> small = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            small.add(answers.new Share());
            small.getLast().keep(100);
        }
        assertThatThrownBy(() -> large.keep(1))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("ask for a stream");
        large.close();
        large.keep(5000);
        assertThat(answers.bytes()).isEqualTo(1000);
        small.forEach(KeptAnswers.Share::close);
        assertThat(answers.bytes()).isZero();
    }
}
