package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;
import org.jspecify.annotations.Nullable;

/** {@code format.format(...)}, with the sandbox's attributes and items. */
final class BraceFormat {
    private static final int MAX_DEPTH = 2;

    private final Str format;
    private final Budget budget;
    private final Attributes attributes;
    private Arguments arguments = Arguments.NONE;
    private @Nullable Dict map;
    private int automatic;
    private boolean manual;

    BraceFormat(Str format, Budget budget) {
        this.format = format;
        this.budget = budget;
        this.attributes = new Attributes(budget);
    }

    String apply(Arguments given) {
        arguments = given;
        return formatted(format.text(), MAX_DEPTH);
    }

    String applyMap(Value given) {
        if (!(given instanceof Dict dict)) {
            throw TemplateException.type("format_map() argument must be a mapping");
        }
        map = dict;
        return formatted(format.text(), MAX_DEPTH);
    }

    private String formatted(String text, int depth) {
        if (depth == 0) {
            throw TemplateException.value("Max string recursion exceeded");
        }
        Output out = new Output(budget);
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean doubled = at + 1 < text.length() && text.charAt(at + 1) == c;
            if ((c == '{' || c == '}') && doubled && depth == MAX_DEPTH) {
                out.append(c);
                at += 2;
            } else if (c == '{') {
                int end = fieldEnd(text, at);
                out.append(field(text.substring(at + 1, end), depth));
                at = end + 1;
            } else if (c == '}') {
                throw TemplateException.value("Single '}' encountered in format string");
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }

    private static int fieldEnd(String text, int begin) {
        int open = 0;
        for (int at = begin; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '{') {
                open++;
            } else if (c == '}') {
                open--;
                if (open == 0) {
                    return at;
                }
            }
        }
        throw TemplateException.value("expected '}' before end of string");
    }

    private String field(String field, int depth) {
        int bracket = 0;
        int end = 0;
        while (end < field.length() && (bracket > 0 || "!:".indexOf(field.charAt(end)) < 0)) {
            bracket += field.charAt(end) == '[' ? 1 : field.charAt(end) == ']' ? -1 : 0;
            end++;
        }
        Value value = lookup(field.substring(0, end));
        String rest = field.substring(end);
        if (rest.startsWith("!")) {
            value = converted(value, rest.length() > 1 ? rest.charAt(1) : ' ');
            rest = rest.substring(Math.min(2, rest.length()));
        }
        if (!rest.isEmpty() && !rest.startsWith(":")) {
            throw TemplateException.value("expected ':' after conversion specifier");
        }
        String specification = rest.isEmpty() ? "" : formatted(rest.substring(1), depth - 1);
        if (format.markup() && specification.isEmpty()) {
            return Markup.of(value, budget).text();
        }
        return FormatSpecification.parse(specification).apply(value, budget);
    }

    private Value converted(Value value, char conversion) {
        return switch (conversion) {
            case 's' -> Value.str(Text.str(value, budget));
            case 'r' -> Value.str(Text.repr(value, budget));
            case 'a' -> Value.str(Text.ascii(Text.repr(value, budget)));
            default -> throw TemplateException.value("Unknown conversion specifier '" + conversion + "'");
        };
    }

    private Value lookup(String path) {
        int end = 0;
        while (end < path.length() && ".[".indexOf(path.charAt(end)) < 0) {
            end++;
        }
        Value value = first(path.substring(0, end));
        while (end < path.length()) {
            if (path.charAt(end) == '.') {
                int begin = end + 1;
                end = begin;
                while (end < path.length() && ".[".indexOf(path.charAt(end)) < 0) {
                    end++;
                }
                value = attributes.attribute(value, path.substring(begin, end));
            } else {
                int close = path.indexOf(']', end);
                if (close < 0) {
                    throw TemplateException.value("Missing ']' in format string");
                }
                String key = path.substring(end + 1, close);
                value = attributes.item(
                        value, isIndex(key) ? new Value.Int(new java.math.BigInteger(key)) : Value.str(key));
                end = close + 1;
            }
        }
        return value;
    }

    private Value first(String name) {
        boolean numbered = name.isEmpty() || isIndex(name);
        if (numbered && manual == name.isEmpty() && (manual || automatic > 0)) {
            throw TemplateException.value("cannot mix manual field specification and automatic field numbering");
        }
        if (numbered) {
            manual = !name.isEmpty();
            int index = manual ? Integer.parseInt(name) : automatic++;
            if (index >= arguments.positional().size()) {
                throw new TemplateException(
                        "IndexError: Replacement index " + index + " out of range for positional args tuple");
            }
            return arguments.positional().get(index);
        }
        Value value = map == null ? arguments.named().get(name) : map.get(name);
        if (value == null) {
            throw new TemplateException("KeyError: " + Text.quoted(name));
        }
        return value;
    }

    private static boolean isIndex(String name) {
        return !name.isEmpty() && name.length() < 9 && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
