package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;
import dev.plimsoll.server.templates.Value.TupleValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code value[start:stop:step]}. */
final class Slices {
    private final Budget budget;

    Slices(Budget budget) {
        this.budget = budget;
    }

    Value of(Value owner, @Nullable Value start, @Nullable Value stop, @Nullable Value step) {
        Bounds bounds = new Bounds(index(start), index(stop), index(step));
        return switch (owner) {
            case Str str -> text(str, bounds);
            case TupleValue tuple -> TupleValue.of(items(tuple.items(), bounds));
            case Value.ListValue list -> Value.ListValue.of(items(list.items(), bounds));
            case Range range -> range(range, bounds.within(range.size()));
            case Undefined undefined -> throw undefined.failure();
            case Dict dict -> throw TemplateException.type("unhashable type: 'slice'");
            default -> throw TemplateException.type(Text.quoted(Types.name(owner)) + " object is not subscriptable");
        };
    }

    private static @Nullable Integer index(@Nullable Value value) {
        if (value == null || value instanceof Value.None) {
            return null;
        }
        if (Numbers.integer(value) == null) {
            throw TemplateException.type("slice indices must be integers or None or have an __index__ method");
        }
        return Numbers.index(value);
    }

    private record Bounds(
            @Nullable Integer start,
            @Nullable Integer stop,
            @Nullable Integer step) {
        Indices within(int length) {
            int by = step == null ? 1 : step;
            if (by == 0) {
                throw TemplateException.value("slice step cannot be zero");
            }
            int lowest = by > 0 ? 0 : -1;
            int highest = by > 0 ? length : length - 1;
            int first = start == null ? by > 0 ? lowest : highest : clamp(start, length, lowest, highest);
            int end = stop == null ? by > 0 ? highest : lowest : clamp(stop, length, lowest, highest);
            return new Indices(first, end, by);
        }

        private static int clamp(int index, int length, int lowest, int highest) {
            long absolute = index < 0 ? (long) index + length : index;
            return (int) Math.max(lowest, Math.min(highest, absolute));
        }
    }

    /** Indices from {@code first} to before {@code end}. */
    private record Indices(int first, int end, int step) {
        int count() {
            long span = step > 0 ? (long) end - first : (long) first - end;
            long stride = Math.abs((long) step);
            return span <= 0 ? 0 : (int) ((span + stride - 1) / stride);
        }

        int at(int i) {
            return (int) (first + (long) i * step);
        }
    }

    private Str text(Str str, Bounds bounds) {
        String text = str.text();
        int length = Characters.length(text);
        Indices indices = bounds.within(length);
        budget.text(indices.count());
        if (indices.step() == 1) {
            int end = Math.max(indices.first(), indices.end());
            return new Str(Characters.part(text, indices.first(), end), str.markup());
        }
        int[] points = text.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < indices.count(); i++) {
            out.appendCodePoint(points[indices.at(i)]);
        }
        return new Str(out.toString(), str.markup());
    }

    private List<Value> items(List<Value> items, Bounds bounds) {
        Indices indices = bounds.within(items.size());
        budget.items(indices.count());
        List<Value> part = new ArrayList<>(indices.count());
        for (int i = 0; i < indices.count(); i++) {
            part.add(items.get(indices.at(i)));
        }
        return part;
    }

    private static Range range(Range range, Indices indices) {
        long start = range.start() + indices.first() * range.step();
        long stop = range.start() + indices.end() * range.step();
        return new Range(start, stop, range.step() * indices.step());
    }
}
