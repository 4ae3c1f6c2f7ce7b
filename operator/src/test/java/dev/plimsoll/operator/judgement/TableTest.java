package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.Row.Course;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of judgement: what the documentation says of it, and that each row is seen. */
class TableTest {
    private static final Path DOC = Path.of("../docs/conditions.md");
    private static final String BEGIN = "<!-- the table: written by TableTest with -Dplimsoll.update=true -->\n";
    private static final String END = "<!-- end of the table -->\n";

    @Test
    void theDocumentationShowsTheTable() throws IOException {
        String doc = Files.readString(DOC);
        int begin = doc.indexOf(BEGIN) + BEGIN.length();
        int end = doc.indexOf(END);
        assertThat(begin).isGreaterThan(BEGIN.length());
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(DOC, doc.substring(0, begin) + table() + doc.substring(end));
        }
        assertThat(Files.readString(DOC).substring(begin)).startsWith(table() + END);
    }

    /** A row that no golden shows is a row that nobody has read. */
    @Test
    void everyRowIsTheReasonOfAGolden() throws IOException {
        Set<String> seen = new HashSet<>();
        for (String name : JudgementTest.cases()) {
            seen.add(Table.hits(new Facts(Scene.of(name).evidence()))
                    .getFirst()
                    .row()
                    .seen());
        }
        assertThat(seen).containsAll(Table.ROWS.stream().map(Row::seen).toList());
    }

    /** The reason that Ready gives is one that the table and the documentation name, or a server's own. */
    @Test
    void everyReasonIsDocumented() throws IOException {
        for (String name : JudgementTest.cases()) {
            Row.Hit first = Table.hits(new Facts(Scene.of(name).evidence())).getFirst();
            if (!name.equals("a-failure-of-the-next-version")) {
                assertThat(first.row().reasons()).as(name).contains(first.what().reason());
            }
        }
    }

    private static String table() {
        return "| What is seen | Ready | Reason | Also False | Then |\n|---|---|---|---|---|\n"
                + Table.ROWS.stream().map(TableTest::line).collect(Collectors.joining());
    }

    private static String line(Row row) {
        return "| " + row.seen() + " | " + row.ready() + " | "
                + row.reasons().stream().map(Reason::value).collect(Collectors.joining(", ")) + " | "
                + row.tells().stream().map(Object::toString).sorted().collect(Collectors.joining(", ")) + " | "
                + then(row) + " |\n";
    }

    private static String then(Row row) {
        Duration patience = row.patience();
        if (row.course() == Course.DONE) {
            return "";
        }
        if (patience == null) {
            return "Reconciling";
        }
        String then = patience.isZero() ? "Stalled" : "Reconciling; Stalled after " + patience.toMinutes() + " min";
        return then
                + (row.ready() == ConditionStatus.True ? ", and Ready False" : "")
                + (row.scales() ? "; while a scale-up goes on Ready is True, ScalingUp, until then" : "");
    }
}
