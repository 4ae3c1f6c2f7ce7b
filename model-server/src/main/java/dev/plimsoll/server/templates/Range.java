package dev.plimsoll.server.templates;

import java.util.AbstractList;
import java.util.List;

/** {@code range(start, stop, step)}, of at most as many items as Jinja2's sandbox allows. */
record Range(long start, long stop, long step) implements Value.ObjectValue {
    private static final long MAX_ITEMS = 100_000;

    Range {
        if (step == 0) {
            throw TemplateException.value("range() arg 3 must not be zero");
        }
    }

    static Range bounded(long start, long stop, long step) {
        Range range = new Range(start, stop, step);
        if (range.count() > MAX_ITEMS) {
            throw new TemplateException(
                    "OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
        }
        return range;
    }

    private long count() {
        long span = step > 0 ? stop - start : start - stop;
        long stride = Math.abs(step);
        return span <= 0 ? 0 : (span + stride - 1) / stride;
    }

    int size() {
        return (int) count();
    }

    List<Value> items() {
        return new AbstractList<>() {
            @Override
            public Value get(int index) {
                return Int.of(start + index * step);
            }

            @Override
            public int size() {
                return Range.this.size();
            }
        };
    }

    @Override
    public String typeName() {
        return "range";
    }

    @Override
    public String toString() {
        return "range(" + start + ", " + stop + (step == 1 ? ")" : ", " + step + ")");
    }
}
