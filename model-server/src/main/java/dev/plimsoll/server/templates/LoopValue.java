package dev.plimsoll.server.templates;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code loop}: where a for loop is. */
final class LoopValue implements Value.ObjectValue, Value.Callable {
    /** The loop again, over other items. */
    interface Recursion {
        Value over(Value items, int depth);
    }

    private final @Nullable Recursion recursion;
    private final int depth;
    private final Budget budget;
    private Iterator<Value> items;
    private @Nullable Integer length;
    private int index0 = -1;
    private @Nullable Value before;
    private @Nullable Value current;
    private @Nullable Value after;
    private @Nullable List<Value> lastChanged;

    LoopValue(
            Iterator<Value> items, @Nullable Integer length, @Nullable Recursion recursion, int depth, Budget budget) {
        this.items = items;
        this.length = length;
        this.recursion = recursion;
        this.depth = depth;
        this.budget = budget;
    }

    boolean hasNext() {
        return after != null || items.hasNext();
    }

    Value next() {
        budget.step();
        before = current;
        Value item = after != null ? after : items.next();
        after = null;
        current = item;
        index0++;
        return item;
    }

    private @Nullable Value peek() {
        if (after == null && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    int length() {
        if (length == null) {
            List<Value> rest = new ArrayList<>();
            items.forEachRemaining(item -> {
                budget.items(1);
                rest.add(item);
            });
            items = rest.iterator();
            length = rest.size() + index0 + 1 + (after == null ? 0 : 1);
        }
        return length;
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "index" -> Int.of(index0 + 1);
            case "index0" -> Int.of(index0);
            case "revindex" -> Int.of(length() - index0);
            case "revindex0" -> Int.of(length() - index0 - 1);
            case "first" -> Value.bool(index0 == 0);
            case "last" -> Value.bool(peek() == null);
            case "length" -> Int.of(length());
            case "depth" -> Int.of(depth + 1);
            case "depth0" -> Int.of(depth);
            case "previtem" -> before == null ? Undefined.saying("there is no previous item") : before;
            case "nextitem" -> {
                Value next = peek();
                yield next == null ? Undefined.saying("there is no next item") : next;
            }
            case "cycle" -> new Function("cycle", this::cycle);
            case "changed" -> new Function("changed", this::changed);
            default -> null;
        };
    }

    private Value cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw TemplateException.type("no items for cycling given");
        }
        return arguments.positional().get(index0 % arguments.positional().size());
    }

    private Value changed(Arguments arguments) {
        List<Value> values = arguments.positional();
        boolean same =
                lastChanged != null && Comparison.equal(Value.ListValue.of(lastChanged), Value.ListValue.of(values));
        lastChanged = values;
        return Value.bool(!same);
    }

    @Override
    public Value call(Arguments arguments) {
        Value below = arguments.bind("loop", 1, "iterable").get(0);
        if (recursion == null) {
            throw TemplateException.type("The loop must have the 'recursive' marker to be called recursively.");
        }
        return recursion.over(below, depth + 1);
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public String toString() {
        return "<LoopContext " + (index0 + 1) + "/" + length() + ">";
    }
}
