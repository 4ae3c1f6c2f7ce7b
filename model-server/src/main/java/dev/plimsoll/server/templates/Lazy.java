package dev.plimsoll.server.templates;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An iterator that makes of each item another one, or leaves it out, when it is asked for. */
final class Lazy implements Iterator<Value> {
    private final Iterator<Value> items;
    private final Function<Value, @Nullable Value> mapping;
    private @Nullable Value next;

    Lazy(Iterator<Value> items, Function<Value, @Nullable Value> mapping) {
        this.items = items;
        this.mapping = mapping;
    }

    @Override
    public boolean hasNext() {
        while (next == null && items.hasNext()) {
            next = mapping.apply(items.next());
        }
        return next != null;
    }

    @Override
    public Value next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Value result = java.util.Objects.requireNonNull(next);
        next = null;
        return result;
    }
}
