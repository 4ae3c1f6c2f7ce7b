package dev.plimsoll.operator.page.view;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** docs/troubleshooting.md by reason, as plain text: links are left out, {@code `code`} stays as it is. */
public record Troubleshooting(Map<String, String> sections) {
    private static final Pattern SECTION = Pattern.compile("(?m)^### ");
    private static final Pattern END = Pattern.compile("(?m)^## ");
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

    public static Troubleshooting parse(String markdown) {
        return new Troubleshooting(Arrays.stream(SECTION.split(markdown, -1))
                .skip(1)
                .map(section -> END.split(section, 2)[0].strip().split("\n", 2))
                .filter(section -> section.length == 2)
                .collect(Collectors.toUnmodifiableMap(section -> section[0].strip(), section -> text(section[1]))));
    }

    private static String text(String section) {
        return LINK.matcher(section.strip()).replaceAll("$1").replaceAll("\\s+", " ");
    }

    Optional<String> of(String reason) {
        return Optional.ofNullable(sections.get(reason));
    }
}
