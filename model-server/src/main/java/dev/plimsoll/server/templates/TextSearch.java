package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Arguments.Bound;
import dev.plimsoll.server.templates.Value.Str;
import dev.plimsoll.server.templates.Value.TupleValue;
import java.util.List;

/** The methods of {@code str} that look for a text, in all of it or between two bounds. */
record TextSearch(String text) {
    /** The part that optional bounds name, in code points. */
    private record Window(int from, int to) {
        static Window of(Bound bound, int first, int length) {
            int from = bound.get(first) instanceof Value.None ? 0 : bound.integer(first, 0);
            int to = bound.get(first + 1) instanceof Value.None ? length : bound.integer(first + 1, length);
            int begin = from < 0 ? Math.max(0, from + length) : from;
            int end = to < 0 ? Math.max(0, to + length) : Math.min(to, length);
            return new Window(begin, end);
        }

        boolean isValid() {
            return from <= to;
        }
    }

    private String part(Window window) {
        return Characters.part(text, window.from(), window.to());
    }

    /** Whether it begins, or ends, with a text or with one of several. */
    boolean touches(String name, Bound bound) {
        Window window = Window.of(bound, 1, Characters.length(text));
        if (!window.isValid()) {
            return false;
        }
        String part = part(window);
        List<Value> wanted = bound.get(0) instanceof TupleValue tuple ? tuple.items() : List.of(bound.get(0));
        for (Value each : wanted) {
            if (!(each instanceof Str str)) {
                throw TemplateException.type(
                        name + " first arg must be str or a tuple of str, not " + Types.name(each));
            }
            if (name.equals("startswith") ? part.startsWith(str.text()) : part.endsWith(str.text())) {
                return true;
            }
        }
        return false;
    }

    /** Where a text is first, or last; -1 where it is not and the method may say so. */
    int find(String name, Bound bound) {
        Window window = Window.of(bound, 1, Characters.length(text));
        String wanted = Text.ofString(bound.get(0));
        int found = -1;
        if (window.isValid()) {
            String part = part(window);
            int at = name.startsWith("r") ? part.lastIndexOf(wanted) : part.indexOf(wanted);
            found = at < 0 ? -1 : window.from() + part.codePointCount(0, at);
        }
        if (found < 0 && name.endsWith("index")) {
            throw TemplateException.value("substring not found");
        }
        return found;
    }

    /** How often a text is in it, without overlaps. */
    int count(Bound bound) {
        Window window = Window.of(bound, 1, Characters.length(text));
        String wanted = Text.ofString(bound.get(0));
        if (!window.isValid()) {
            return 0;
        }
        String part = part(window);
        if (wanted.isEmpty()) {
            return Characters.length(part) + 1;
        }
        int count = 0;
        for (int at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return count;
    }
}
