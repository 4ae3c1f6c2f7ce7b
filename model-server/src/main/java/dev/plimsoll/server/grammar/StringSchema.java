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
        Object format = schema.get("format");
        if (pattern != null && format != null) {
            throw path.to("format").wrong("is not implemented beside pattern: leave one of them out");
        }
        if (pattern == null && format == null) {
            int least = path.count(schema, "minLength", 0);
            int most = path.count(schema, "maxLength", UNBOUNDED);
            if (least > most) {
                throw path.to("minLength").wrong("is more than maxLength");
            }
            return least == 0 && most == UNBOUNDED ? JsonText.STRING : JsonText.string(least, most);
        }
        for (String length : new String[] {"minLength", "maxLength"}) {
            if (schema.get(length) != null) {
                throw path.to(length).wrong("is not implemented beside pattern and format: say it in a pattern");
            }
        }
        return pattern != null ? ofPattern(pattern) : ofFormat(format);
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
        Rule rule = format instanceof String name ? FORMATS.get(name) : null;
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
