package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Arguments.Bound;
import dev.plimsoll.server.templates.Value.ListValue;
import dev.plimsoll.server.templates.Value.Str;
import dev.plimsoll.server.templates.Value.TupleValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/** The methods of {@code str}. */
final class StringMethods {
    private static final Set<String> METHODS = Set.of(
            "capitalize",
            "casefold",
            "center",
            "count",
            "encode",
            "endswith",
            "expandtabs",
            "find",
            "format",
            "format_map",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isdigit",
            "isidentifier",
            "islower",
            "isnumeric",
            "isprintable",
            "isspace",
            "istitle",
            "isupper",
            "join",
            "ljust",
            "lower",
            "lstrip",
            "maketrans",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "translate",
            "upper",
            "zfill");

    private final Str self;
    private final String text;
    private final Budget budget;

    StringMethods(Str self, Budget budget) {
        this.self = self;
        this.text = self.text();
        this.budget = budget;
    }

    static boolean isMethod(String name) {
        return METHODS.contains(name);
    }

    Value call(String name, Arguments arguments) {
        return switch (name) {
            case "format" -> str(new BraceFormat(self, budget).apply(arguments));
            case "format_map" ->
                str(new BraceFormat(self, budget)
                        .applyMap(arguments.only(name, 1, 1).get(0)));
            case "split", "rsplit" -> split(name, arguments.bind(name, 0, "sep", "maxsplit"));
            case "splitlines" ->
                list(SplitText.lines(text, arguments.bind(name, 0, "keepends").flag(0)));
            case "encode", "translate", "maketrans" ->
                throw TemplateException.type("str." + name + " is no method of a template's text");
            case "join" -> join(arguments.only(name, 1, 1).get(0));
            default -> search(name, arguments);
        };
    }

    private Value search(String name, Arguments arguments) {
        return switch (name) {
            case "startswith", "endswith" -> Value.bool(new TextSearch(text).touches(name, arguments.only(name, 1, 3)));
            case "find", "rfind", "index", "rindex" ->
                integer(new TextSearch(text).find(name, arguments.only(name, 1, 3)));
            case "count" -> integer(new TextSearch(text).count(arguments.only(name, 1, 3)));
            case "replace" -> replace(arguments.bind(name, 2, "old", "new", "count"));
            case "removeprefix" -> {
                String prefix = text(arguments, name);
                yield str(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
            }
            case "removesuffix" -> {
                String suffix = text(arguments, name);
                yield str(text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
            }
            case "partition" -> partition(text(arguments, name), false);
            case "rpartition" -> partition(text(arguments, name), true);
            case "strip", "lstrip", "rstrip" -> str(strip(name, arguments.only(name, 0, 1)));
            case "center", "ljust", "rjust" -> justify(name, arguments.only(name, 1, 2));
            case "zfill" -> zeroFilled(arguments.only(name, 1, 1).integer(0, 0));
            case "expandtabs" -> expandTabs(arguments.bind(name, 0, "tabsize").integer(0, 8));
            default -> {
                arguments.only(name, 0, 0);
                yield changed(name);
            }
        };
    }

    private static Value integer(long number) {
        return Value.Int.of(number);
    }

    private static String text(Arguments arguments, String name) {
        return Text.ofString(arguments.only(name, 1, 1).get(0));
    }

    private Str str(String changed) {
        budget.text(changed.length());
        return new Str(changed, self.markup());
    }

    private ListValue list(List<String> parts) {
        budget.items(parts.size());
        List<Value> items = new ArrayList<>(parts.size());
        parts.forEach(part -> items.add(str(part)));
        return ListValue.of(items);
    }

    private Value changed(String name) {
        return switch (name) {
            case "upper" -> str(text.toUpperCase(Locale.ROOT));
            case "lower" -> str(text.toLowerCase(Locale.ROOT));
            case "casefold" -> str(text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
            case "capitalize" -> str(Characters.capitalize(text));
            case "title" -> str(title());
            case "swapcase" -> str(swapCase());
            default -> Value.bool(new CharacterKinds(text).are(name));
        };
    }

    private String title() {
        StringBuilder out = new StringBuilder(text.length());
        boolean cased = false;
        for (int point : text.codePoints().toArray()) {
            out.append(cased ? Character.toString(point).toLowerCase(Locale.ROOT) : Characters.title(point));
            cased = Characters.isCased(point);
        }
        return out.toString();
    }

    private String swapCase() {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            String one = Character.toString(point);
            out.append(Character.isUpperCase(point) ? one.toLowerCase(Locale.ROOT) : one.toUpperCase(Locale.ROOT));
        });
        return out.toString();
    }

    private Value split(String name, Bound bound) {
        int most = bound.integer(1, -1);
        boolean fromRight = name.equals("rsplit");
        if (bound.get(0) instanceof Value.None) {
            return list(SplitText.atSpace(text, most, fromRight));
        }
        String separator = Text.ofString(bound.get(0));
        if (separator.isEmpty()) {
            throw TemplateException.value("empty separator");
        }
        return list(SplitText.at(text, separator, most, fromRight));
    }

    private Value join(Value items) {
        Output out = new Output(budget);
        int at = 0;
        for (Value item : Iteration.list(items, budget)) {
            if (!self.markup() && !(item instanceof Str)) {
                throw TemplateException.type(
                        "sequence item " + at + ": expected str instance, " + Types.name(item) + " found");
            }
            out.append(at == 0 ? "" : text);
            out.append(self.markup() ? Markup.of(item, budget).text() : Text.str(item, budget));
            at++;
        }
        return new Str(out.toString(), self.markup());
    }

    private Value replace(Bound bound) {
        String with =
                self.markup() && bound.get(1) instanceof Str str ? Markup.escape(str) : Text.ofString(bound.get(1));
        return replaced(Text.ofString(bound.get(0)), with, bound.integer(2, -1));
    }

    /** The text with at most so many replacements; all when negative. */
    Str replaced(String old, String with, int most) {
        int left = most < 0 ? Integer.MAX_VALUE : most;
        Output out = new Output(budget);
        int position = 0;
        if (old.isEmpty()) {
            while (position < text.length() && left-- > 0) {
                int next = text.offsetByCodePoints(position, 1);
                out.append(with).append(text.substring(position, next));
                position = next;
            }
            return str(out.append(left > 0 ? with : "")
                    .append(text.substring(position))
                    .toString());
        }
        for (int at = text.indexOf(old); at >= 0 && left > 0; at = text.indexOf(old, position)) {
            out.append(text.substring(position, at)).append(with);
            position = at + old.length();
            left--;
        }
        return str(out.append(text.substring(position)).toString());
    }

    private Value partition(String separator, boolean last) {
        if (separator.isEmpty()) {
            throw TemplateException.value("empty separator");
        }
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return last ? TupleValue.of(str(""), str(""), str(text)) : TupleValue.of(str(text), str(""), str(""));
        }
        return TupleValue.of(str(text.substring(0, at)), str(separator), str(text.substring(at + separator.length())));
    }

    private String strip(String name, Bound bound) {
        IntPredicate stripped;
        if (bound.get(0) instanceof Value.None) {
            stripped = Characters::isSpace;
        } else {
            String characters = Text.ofString(bound.get(0));
            stripped = point -> characters.indexOf(point) >= 0;
        }
        int begin = 0;
        int end = text.length();
        while (!name.startsWith("r") && begin < end && stripped.test(text.codePointAt(begin))) {
            begin += Character.charCount(text.codePointAt(begin));
        }
        while (!name.startsWith("l") && end > begin && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(begin, end);
    }

    private Value justify(String name, Bound bound) {
        String fill = bound.text(1, " ");
        if (Characters.length(fill) != 1) {
            throw TemplateException.type("The fill character must be exactly one character long");
        }
        return str(Padding.of(text, bound.integer(0, 0), fill, name, budget));
    }

    private Value zeroFilled(int width) {
        int missing = width - Characters.length(text);
        if (missing <= 0) {
            return str(text);
        }
        budget.text(width);
        boolean signed = text.startsWith("-") || text.startsWith("+");
        int digits = signed ? 1 : 0;
        return str(text.substring(0, digits) + "0".repeat(missing) + text.substring(digits));
    }

    private Value expandTabs(int size) {
        Output out = new Output(budget);
        int column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                int spaces = size <= 0 ? 0 : size - column % size;
                out.repeat(" ", spaces);
                column += spaces;
            } else {
                out.append(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return str(out.toString());
    }
}
