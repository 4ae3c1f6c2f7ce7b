package dev.plimsoll.api.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever meets a reason finds it in the docs. */
class TroubleshootingTest {
    private static final String HEADING = "### ";

    @Test
    void everyReasonIsExplainedOnceAndNoOther() throws IOException {
        List<String> explained;
        try (Stream<String> lines = Files.lines(Path.of("../docs/troubleshooting.md"))) {
            explained = lines.filter(line -> line.startsWith(HEADING))
                    .map(line -> line.substring(HEADING.length()))
                    .toList();
        }
        List<String> reasons = Stream.of(Reason.class.getFields())
                .filter(field -> field.getType() == Reason.class)
                .map(Field::getName)
                .toList();
        assertThat(explained).containsExactlyInAnyOrderElementsOf(reasons);
    }
}
