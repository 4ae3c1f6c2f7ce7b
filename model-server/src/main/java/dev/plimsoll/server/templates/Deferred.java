package dev.plimsoll.server.templates;

import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Items that are found, or cannot be, when the first is asked for: as a generator of Python has them. */
final class Deferred implements Iterator<Value> {
    private final Supplier<Iterator<Value>> source;
    private @Nullable Iterator<Value> items;

    Deferred(Supplier<Iterator<Value>> source) {
        this.source = source;
    }

    private Iterator<Value> items() {
        if (items == null) {
            items = source.get();
        }
        return items;
    }

    @Override
    public boolean hasNext() {
        return items().hasNext();
    }

    @Override
    public Value next() {
        return items().next();
    }
}
