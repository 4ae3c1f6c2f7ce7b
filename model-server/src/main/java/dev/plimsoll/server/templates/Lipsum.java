package dev.plimsoll.server.templates;

import java.util.List;
import java.util.random.RandomGenerator;

/** {@code lipsum()}: paragraphs of random words. */
final class Lipsum {
    private static final List<String> WORDS = List.of(
            "lorem",
            "ipsum",
            "dolor",
            "sit",
            "amet",
            "consectetur",
            "adipiscing",
            "elit",
            "sed",
            "do",
            "eiusmod",
            "tempor",
            "incididunt",
            "ut",
            "labore",
            "et",
            "dolore",
            "magna",
            "aliqua");

    private Lipsum() {}

    static Value text(Arguments arguments, Budget budget) {
        Arguments.Bound bound = arguments.bind("lipsum", 0, "n", "html", "min", "max");
        int least = bound.integer(2, 20);
        int most = Math.max(least + 1, bound.integer(3, 100));
        boolean html = Truth.of(bound.get(1, Value.TRUE));
        RandomGenerator random = RandomGenerator.getDefault();
        Output out = new Output(budget);
        for (int i = 0; i < bound.integer(0, 5); i++) {
            out.append(i == 0 ? "" : html ? "\n" : "\n\n").append(html ? "<p>" : "");
            int words = random.nextInt(least, most);
            for (int word = 0; word < words; word++) {
                String next = WORDS.get(random.nextInt(WORDS.size()));
                out.append(word == 0 ? Characters.capitalize(next) : " " + next);
            }
            out.append(html ? ".</p>" : ".");
        }
        return new Value.Str(out.toString(), html);
    }
}
