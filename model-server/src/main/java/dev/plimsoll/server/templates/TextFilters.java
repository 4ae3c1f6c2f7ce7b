package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Arguments.Bound;
import dev.plimsoll.server.templates.Value.Str;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Jinja2's filters of text. */
final class TextFilters {
    private static final Set<String> NAMES = Set.of(
            "capitalize",
            "center",
            "filesizeformat",
            "format",
            "indent",
            "lower",
            "replace",
            "striptags",
            "title",
            "trim",
            "truncate",
            "upper",
            "urlencode",
            "wordcount",
            "xmlattr");

    private final Budget budget;

    TextFilters(Budget budget) {
        this.budget = budget;
    }

    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    Value apply(String name, Value value, Arguments arguments) {
        Arguments all = Filters.with(value, arguments);
        return switch (name) {
            case "lower", "upper", "capitalize" -> {
                all.bind("do_" + name, 1, "s");
                yield method(name, soft(value), List.of());
            }
            case "trim" -> {
                Bound bound = all.bind("do_trim", 1, "value", "chars");
                yield method("strip", soft(value), List.of(bound.get(1)));
            }
            case "center" -> {
                Bound bound = all.bind("do_center", 1, "value", "width");
                yield method(name, soft(value), List.of(bound.get(1, Value.Int.of(80))));
            }
            case "title" -> {
                all.bind("do_title", 1, "s");
                yield Value.str(title(soft(value).text()));
            }
            case "replace" -> replace(value, all.bind("do_replace", 3, "s", "old", "new", "count"));
            case "indent" -> indent(value, all.bind("do_indent", 1, "s", "width", "first", "blank"));
            case "format" -> format(soft(value), arguments);
            case "truncate" -> truncate(value, all.bind("do_truncate", 1, "s", "length", "killwords", "end", "leeway"));
            case "wordcount" -> {
                all.bind("do_wordcount", 1, "s");
                yield Value.Int.of(words(soft(value).text()));
            }
            case "striptags" -> {
                all.bind("do_striptags", 1, "value");
                yield Value.str(withoutTags(Text.str(value, budget)));
            }
            case "urlencode" -> Value.str(urlEncoded(value));
            case "xmlattr" -> xmlAttributes(value, all.bind("do_xmlattr", 1, "d", "autospace"));
            default ->
                Value.str(FileSize.of(
                        value,
                        all.bind("do_filesizeformat", 1, "value", "binary").flag(1)));
        };
    }

    private Value method(String name, Str text, List<Value> arguments) {
        return new StringMethods(text, budget).call(name, new Arguments(arguments, java.util.Map.of()));
    }

    /** The value if it is a string, else the string that it prints. */
    private Str soft(Value value) {
        return value instanceof Str str ? str : Value.str(Text.str(value, budget));
    }

    /** Words begin behind white space, a hyphen or an opening bracket. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean begins = true;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            String one = Character.toString(point);
            boolean separates = Characters.isSpace(point) || "-({[<".indexOf(point) >= 0;
            out.append(begins || separates ? one.toUpperCase(Locale.ROOT) : one.toLowerCase(Locale.ROOT));
            begins = separates;
        }
        return out.toString();
    }

    private Value replace(Value value, Bound bound) {
        Value count = bound.get(3);
        int most = count instanceof Value.None ? -1 : Numbers.index(count);
        Str text = Value.str(Text.str(value, budget));
        return new StringMethods(text, budget)
                .replaced(Text.str(bound.get(1), budget), Text.str(bound.get(2), budget), most);
    }

    private Value indent(Value value, Bound bound) {
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (!(value instanceof Str str)) {
            throw TemplateException.type("indent needs a str, not " + Types.name(value));
        }
        String indentation;
        if (bound.get(1) instanceof Str given) {
            indentation = given.text();
        } else {
            int width = Math.max(0, bound.integer(1, 4));
            budget.text(width);
            indentation = " ".repeat(width);
        }
        Output out = new Output(budget);
        boolean first = true;
        for (String line : SplitText.lines(str.text() + "\n", false)) {
            boolean indented = first ? bound.flag(2) : bound.flag(3) || !line.isEmpty();
            out.append(first ? "" : "\n").append(indented ? indentation : "").append(line);
            first = false;
        }
        return new Str(out.toString(), str.markup());
    }

    private Value format(Str format, Arguments arguments) {
        if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
            throw new TemplateException(
                    "FilterArgumentError: can't handle positional and keyword arguments at the same time");
        }
        Value values = Value.TupleValue.of(arguments.positional());
        if (!arguments.named().isEmpty()) {
            Dict.Builder dict = new Dict.Builder();
            arguments.named().forEach((name, value) -> dict.put(Value.str(name), value));
            values = dict.build();
        }
        return new PercentFormat(format, values, budget).apply();
    }

    private Value truncate(Value value, Bound bound) {
        String end = bound.text(3, "...");
        int length = bound.integer(1, 255);
        int leeway = bound.get(4) instanceof Value.None ? 5 : bound.integer(4, 5);
        if (length < Characters.length(end) || leeway < 0) {
            throw new TemplateException(
                    "AssertionError: expected length >= " + Characters.length(end) + ", got " + length);
        }
        if (Iteration.length(value) <= (long) length + leeway) {
            return value;
        }
        String text = Text.ofString(value);
        String kept = Characters.part(text, 0, length - Characters.length(end));
        if (!bound.flag(2) && kept.indexOf(' ') >= 0) {
            kept = kept.substring(0, kept.lastIndexOf(' '));
        }
        return Value.str(kept + end);
    }

    private static int words(String text) {
        int words = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            boolean part = Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_';
            words += part && !inside ? 1 : 0;
            inside = part;
        }
        return words;
    }

    private static String withoutTags(String html) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < html.length()) {
            int begin = html.indexOf('<', at);
            int end = begin < 0
                    ? -1
                    : html.startsWith("<!--", begin) ? html.indexOf("-->", begin) : html.indexOf('>', begin);
            if (end < 0) {
                break;
            }
            out.append(html, at, begin);
            at = end + (html.startsWith("<!--", begin) ? 3 : 1);
        }
        out.append(html.substring(Math.min(at, html.length())));
        String text = String.join(" ", SplitText.atSpace(out.toString(), -1, false));
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }

    private String urlEncoded(Value value) {
        if (value instanceof Str || !Iteration.isIterable(value)) {
            return urlQuoted(Text.str(value, budget), "/");
        }
        List<String> pairs = new ArrayList<>();
        Value items = value instanceof Dict dict ? new DictView(DictView.Kind.dict_items, dict) : value;
        for (Value item : Iteration.list(items, budget)) {
            List<Value> pair = Iteration.list(item, budget);
            if (pair.size() != 2) {
                throw TemplateException.value("not enough values to unpack (expected 2, got " + pair.size() + ")");
            }
            pairs.add(urlQuoted(Text.str(pair.get(0), budget), "").replace("%20", "+") + "="
                    + urlQuoted(Text.str(pair.get(1), budget), "").replace("%20", "+"));
        }
        return String.join("&", pairs);
    }

    private static String urlQuoted(String text, String safe) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c < 0x80 && Character.isLetterOrDigit(c)) || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0;
            out.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return out.toString();
    }

    private Value xmlAttributes(Value value, Bound bound) {
        if (!(value instanceof Dict dict)) {
            throw TemplateException.type("xmlattr needs a dict, not " + Types.name(value));
        }
        List<String> pairs = new ArrayList<>();
        for (Dict.Entry entry : dict.entries()) {
            if (entry.value() instanceof Value.None || entry.value() instanceof Undefined) {
                continue;
            }
            String key = Text.ofString(entry.key());
            if (key.chars().anyMatch(c -> " \t\n\r\f\u000b/>=".indexOf(c) >= 0)) {
                throw TemplateException.value("Invalid character in attribute name: " + Text.quoted(key));
            }
            pairs.add(Markup.escape(key) + "=\""
                    + Markup.of(entry.value(), budget).text() + "\"");
        }
        String text = String.join(" ", pairs);
        boolean space = Truth.of(bound.get(1, Value.TRUE)) && !text.isEmpty();
        return Value.str(space ? " " + text : text);
    }
}
