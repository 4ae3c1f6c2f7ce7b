package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.UNBOUNDED;
import static dev.plimsoll.server.grammar.Expression.oneOf;
import static dev.plimsoll.server.grammar.Expression.sequence;

import dev.plimsoll.server.grammar.Expression.Rule;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Strings: of a length, a pattern or a format. */
final class StringSchema {
    static final Set<String> KEYWORDS = Set.of("minLength", "maxLength", "pattern", "format");

    private static final String DATE = "[1-9]\\d{3}-(((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01]))"
            + "|((0[469]|11)-(0[1-9]|[12]\\d|30))|(02-(0[1-9]|1\\d|2[0-8])))";
    private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-](0\\d|1[0-3]):[0-5]\\d)";
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?";
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    /** At most: a class of characters becomes the beginnings of their bytes. */
    private static final int PARTS_OF_A_CHARACTER = 30;

    /** Formats that hold all texts of another one. */
    private static final Map<String, String> SAME =
            Map.of("idn-email", "email", "idn-hostname", "hostname", "iri", "uri", "uri-reference", "uri");

    private static final Map<String, String> PATTERNS = Map.of(
            "date",
            DATE,
            "time",
            TIME,
            "date-time",
            DATE + "T" + TIME,
            "duration",
            "P(\\d{1,4}[DWMY]|(\\d{1,4}D)?T\\d{1,4}[HMS])",
            "email",
            "[a-z0-9]{1,20}([._+-][a-z0-9]{1,20}){0,2}@" + LABEL + "(\\." + LABEL + "){0,2}\\.[a-z]{2,8}",
            "hostname",
            LABEL + "(\\." + LABEL + "){0,3}",
            "ipv4",
            BYTE + "(\\." + BYTE + "){3}",
            "ipv6",
            "[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}",
            "uri",
            "https?://" + LABEL + "(\\." + LABEL + "){0,3}(:[1-9]\\d{0,3})?(/[A-Za-z0-9._~-]{1,64}){0,8}/?",
            "uuid",
            "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

    /** Characters that the texts of a format have. */
    private record Lengths(int least, int most) {}

    private static final Map<String, Lengths> LENGTHS = Map.of(
            "date", new Lengths(10, 10),
            "time", new Lengths(9, 21),
            "date-time", new Lengths(20, 32),
            "email", new Lengths(6, 160),
            "hostname", new Lengths(1, 100),
            "ipv4", new Lengths(7, 15),
            "ipv6", new Lengths(15, 39),
            "uri", new Lengths(8, 700),
            "uuid", new Lengths(36, 36));

    /** What zod writes beside {@code email}, with look-around: every text of the format here fits it. */
    private static final String EMAIL_BESIDE_FORMAT =
            "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";

    /** Formats that say what a string is for, and nothing of how it is written. */
    private static final Set<String> ANY_TEXT = Set.of("password", "path", "file-path", "directory-path", "binary");

    /** A rule for each, which all schemas share. */
    private static final Map<String, Rule> FORMATS = formats();

    private final JsonSchema schemas;
    private final Map<String, @Nullable Object> schema;
    private final SchemaPath path;

    StringSchema(JsonSchema schemas, Map<String, @Nullable Object> schema, SchemaPath path) {
        this.schemas = schemas;
        this.schema = schema;
        this.path = path;
    }

    Expression expression() {
        Object pattern = schema.get("pattern");
        Object said = schema.get("format");
        Object format = said instanceof String name && ANY_TEXT.contains(name) ? null : said;
        if (pattern == null && format == null) {
            int least = path.count(schema, "minLength", 0);
            int most = path.count(schema, "maxLength", UNBOUNDED);
            if (least > most) {
                throw path.to("minLength").wrong("is more than maxLength");
            }
            return least == 0 && most == UNBOUNDED ? JsonText.STRING : JsonText.string(least, most);
        }
        boolean ofFormat = pattern == null || EMAIL_BESIDE_FORMAT.equals(pattern);
        checkLength(ofFormat && format instanceof String name ? LENGTHS.get(name) : null);
        return pattern == null || ofFormat ? ofFormat(format) : ofPattern(pattern);
    }

    /** A length beside a format must leave all of its texts; beside a pattern it cannot be held to. */
    private void checkLength(@Nullable Lengths known) {
        int least = path.count(schema, "minLength", 0);
        int most = path.count(schema, "maxLength", UNBOUNDED);
        if (least > 0 && (known == null || known.least() < least)) {
            throw path.to("minLength").wrong("is not implemented beside pattern or format: say it in a pattern");
        }
        if (most < UNBOUNDED && (known == null || known.most() > most)) {
            throw path.to("maxLength").wrong("is not implemented beside pattern or format: say it in a pattern");
        }
    }

    private Expression ofPattern(Object pattern) {
        if (!(pattern instanceof String regex)) {
            throw path.to("pattern").wrong("must be a regular expression");
        }
        schemas.count(PARTS_OF_A_CHARACTER * regex.length());
        try {
            return quoted(new PatternReader(regex).search());
        } catch (GrammarException e) {
            throw path.to("pattern").wrong(String.valueOf(e.getMessage()));
        }
    }

    private Expression ofFormat(@Nullable Object format) {
        Rule rule = format instanceof String name ? FORMATS.get(SAME.getOrDefault(name, name)) : null;
        if (rule == null) {
            throw path.to("format")
                    .wrong("may be " + String.join(", ", FORMATS.keySet()) + " here: leave it out, or say a pattern");
        }
        return rule;
    }

    private static Map<String, Rule> formats() {
        Map<String, Rule> formats = new TreeMap<>();
        PATTERNS.forEach((name, pattern) -> formats.put(
                name, new Rule("format " + name).is(quoted(new PatternReader("^(" + pattern + ")$").search()))));
        return formats;
    }

    private static Expression quoted(Expression inside) {
        return sequence(oneOf("\""), inside, oneOf("\""));
    }
}
